-- What a user could write in Lua for a little of the same: follow each connection, and say its stage on a reset.
-- SPDX-License-Identifier: GPL-2.0-or-later
local reset = Proto("luareset", "TCP reset in Lua")
local stage_field = ProtoField.string("luareset.stage", "Stage")
reset.fields = {stage_field}

local flags, stream = Field.new("tcp.flags"), Field.new("tcp.stream")
local length, srcport = Field.new("tcp.len"), Field.new("tcp.srcport")
local ttl = Field.new("ip.ttl")
local connections, stages = {}, {}

function reset.init()
    connections, stages = {}, {}
end

local function observe(number)
    local key, bits = stream().value, flags().value
    local c = connections[key] or {syn = false, synack = false, request = false, answer = false}
    connections[key] = c
    if bit.band(bits, 4) ~= 0 then
        stages[number] = c.answer and "response-sent" or c.request and "request-sent"
            or c.synack and "handshake-done" or "syn-sent"
    elseif bit.band(bits, 18) == 2 then
        c.syn, c.client, c.ttl = true, srcport().value, ttl() and ttl().value
    elseif bit.band(bits, 18) == 18 then
        c.synack = true
    elseif length().value > 0 then
        if srcport().value == c.client then c.request = true else c.answer = true end
    end
end

function reset.dissector(buffer, packet, tree)
    if not flags() then return end
    if not packet.visited then observe(packet.number) end
    if stages[packet.number] then tree:add(reset, stages[packet.number]):add(stage_field, stages[packet.number]) end
end

register_postdissector(reset)
