-- SPDX-License-Identifier: MIT
--
-- tarn.lua - what Tarn's packet comments say, as fields
--
-- Every frame that Tarn captures carries comments: its state, the variables of
-- its connection and the reason. This post-dissector takes the "key=value"
-- pairs out of them, so that they can be columns, filters (tarn.cwnd < 3000)
-- and plots: Statistics > I/O Graphs, Y field tarn.cwnd, Y axis MAX.
-- It is not needed to read the comments.

local tarn = Proto("tarn", "Tarn")

local fields = {
	state = ProtoField.string("tarn.state", "State"),
	why = ProtoField.string("tarn.why", "Why"),
	dropped = ProtoField.string("tarn.dropped", "Dropped"),
	conn = ProtoField.uint32("tarn.conn", "Connection"),
	cwnd = ProtoField.uint32("tarn.cwnd", "Congestion window (octets)"),
	ssthresh = ProtoField.uint32("tarn.ssthresh", "ssthresh (octets)"),
	flight = ProtoField.uint32("tarn.flight", "In flight (octets)"),
	srtt = ProtoField.uint32("tarn.srtt", "Smoothed RTT (us)"),
	rto = ProtoField.uint32("tarn.rto", "RTO (us)"),
}
-- The table is read when it is assigned, so it is assigned whole.
local list = {}
for _, field in pairs(fields) do
	list[#list + 1] = field
end
tarn.fields = list

local comment = Field.new("frame.comment")

local function add_pairs(tree, text)
	for key, value in text:gmatch("(%w+)=(%d+)") do
		if fields[key] and key ~= "state" then
			tree:add(fields[key], tonumber(value))
		end
	end
end

local function add_comment(tree, text)
	local state = text:match("^state=(.*)$")
	local why = text:match("^why: (.*)$")
	local dropped = text:match("^dropped: (.*)$")

	if state then
		tree:add(fields.state, state)
	elseif why then
		tree:add(fields.why, why)
	elseif dropped then
		tree:add(fields.dropped, dropped)
	else
		add_pairs(tree, text)
	end
end

function tarn.dissector(_, _, root)
	local comments = { comment() }

	if #comments == 0 then
		return
	end
	local tree = root:add(tarn, "Tarn, as this end saw it")
	for _, info in ipairs(comments) do
		add_comment(tree, tostring(info.value))
	end
end

register_postdissector(tarn)
