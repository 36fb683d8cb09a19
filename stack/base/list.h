/* SPDX-License-Identifier: MIT */
/*
 * list.h - a doubly linked, circular, intrusive list
 *
 * The head is a node too. A node that is in no list points to itself, so
 * list_remove() may be called twice and list_is_linked() can ask.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "base/bytes.h"
#include <stdbool.h>

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_is_empty(const struct list *head)
{
	return head->next == head;
}

static inline bool list_is_linked(const struct list *node)
{
	return node->next != node;
}

/** list_append() - Put @node (in no list) at the end of @head */
static inline void list_append(struct list *head, struct list *node)
{
	node->next       = head;
	node->prev       = head->prev;
	head->prev->next = node;
	head->prev       = node;
}

static inline void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/** list_first() - The oldest node, or NULL */
static inline struct list *list_first(const struct list *head)
{
	return list_is_empty(head) ? NULL : head->next;
}

/** list_take() - Remove and return the oldest node, or NULL */
static inline struct list *list_take(struct list *head)
{
	struct list *node = list_first(head);

	if (node)
		list_remove(node);

	return node;
}

/* @at walks the nodes of @head; it must not be removed meanwhile. */
#define LIST_FOR_EACH(at, head)                                                \
	for (struct list *at = (head)->next; at != (head); at = at->next)

/* The same, when the body may remove @at (and only @at). */
#define LIST_FOR_EACH_SAFE(at, head)                                           \
	for (struct list *at = (head)->next, *at##_next = at->next;            \
	     at != (head); at = at##_next, at##_next = at->next)

#endif
