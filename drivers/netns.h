/* SPDX-License-Identifier: MIT */
/*
 * netns.h - a network of one's own: private namespaces and their interfaces
 *
 * What `ip` does, by ioctl, so that a machine without iproute2 will do. All
 * functions act on the network namespace of the calling thread.
 */
#ifndef DRIVERS_NETNS_H
#define DRIVERS_NETNS_H

#include "drivers/link.h"

/**
 * netns_enter() - Move this process into a new network namespace
 *
 * Root gets a network namespace only. Anybody else gets a user namespace too,
 * in which he is root, so that he may configure what is in it. New interfaces
 * in it are without IPv6, whose router solicitations and multicast reports
 * would be the first frames that a newcomer sees.
 *
 * Return: 0; -EPERM, -ENOSPC, ... and @error says what forbids it and the cure
 */
int netns_enter(char error[LINK_ERROR_LEN]);

/** netns_set_up() - Set interface @name up. Return: 1 it was up, 0 it is now, -errno */
int netns_set_up(const char *name);

/** netns_set_mac() - Of an Ethernet device that is down. Return: 0, -errno */
int netns_set_mac(const char *name, const uint8_t mac[6]);

/** netns_set_mtu() - Return: 0, -errno */
int netns_set_mtu(const char *name, uint16_t mtu);

/** netns_mtu() - Octets of IP packet that @name carries, or -errno */
int netns_mtu(const char *name);

/** netns_set_address() - Give the kernel @ip/@prefix_len on @name (IPv4)
 *
 * Return: 0, -errno
 */
int netns_set_address(const char *name, const struct tarn_ip *ip,
                      uint8_t prefix_len);

/** netns_has_address() - Has the kernel an IPv4 address on @name? */
bool netns_has_address(const char *name);

/** netns_is_loopback() - Is @name the interface on which a host talks to itself? */
bool netns_is_loopback(const char *name);

/** netns_owner() - The interface on which this host itself has @ip
 *
 * Return: true and its name in @ret; false when it has it nowhere
 */
bool netns_owner(const struct tarn_ip *ip, char ret[16]);

/** netns_other_host() - The first host address of a subnet that is not @ip
 *
 * What to give the other end of a link: 10.9.0.1 for 10.9.0.2/24.
 */
struct tarn_ip netns_other_host(const struct tarn_ip *ip, uint8_t prefix_len);

#endif
