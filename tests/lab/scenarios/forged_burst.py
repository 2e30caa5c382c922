# A device at the router forges several resets at once, with numbers ahead of what was sent.
# SPDX-License-Identifier: GPL-2.0-or-later
"""It cannot know how far the connection has come when they arrive, so it tries several numbers: Weaver,
Sommer, Paxson, NDSS 2009 (RST_SEQ_CHANGE); the types 1 and 2 are the Great Firewall's as INTANG has them."""

from lab import forge
from lab.lab import until_reset
from lab.scenario import BOTH, scenario
from lab.scenarios.forged_device import AT_CLIENT, AT_SERVER, answered_anyway, begun

JUMPS = (0, 1460, 4380)
TTLS = (71, 74, 69)


def random_window():
    return 1 + forge.random_number(14)


def type_1(device, to, connection, seq):
    """A bare RST."""
    device.reset(to, connection, seq, window=random_window(), ttl=TTLS[0])


def type_2(device, to, connection, seq, ack):
    """Three RST+ACKs whose numbers jump, each with a TTL of its own."""
    for jump, ttl in zip(JUMPS, TTLS):
        device.reset(to, connection, seq + jump, ack, window=random_window(), ttl=ttl)


@scenario("""On seeing the request a device sends the client three bare RSTs, numbered 0, 1460 and 4380 ahead;
          the server's answer follows.""", points=BOTH, v6=True)
def burst(lab):
    device = begun(lab)
    connection = lab.open(lab.web).request()
    request = device.see(connection, "request")
    for jump in JUMPS:
        device.reset("client", connection, request.ack + jump)
    until_reset(connection.client)
    lab.expect(connection, "forged", "request-sent", "server RST", "third-party", points=AT_CLIENT)
    answered_anyway(lab, connection)


@scenario("""On seeing the request a device sends both sides a bare RST with a random window, and three
          RST+ACKs with jumping numbers and other TTLs.""", points=BOTH, v6=True)
def burst_both_types(lab):
    device = begun(lab)
    connection = lab.open(lab.web).accept().request()
    request = device.see(connection, "request")
    type_1(device, "client", connection, request.ack)
    type_2(device, "client", connection, request.ack, request.end)
    type_1(device, "server", connection, request.end)
    type_2(device, "server", connection, request.end, request.ack)
    until_reset(connection.client)
    until_reset(connection.server)
    lab.expect(connection, "forged", "request-sent", "server RST", "third-party", points=AT_CLIENT)
    lab.expect(connection, "forged", "request-sent", "client RST", "third-party", points=AT_SERVER)
    lab.chat(lab.web, lab.ssh)


@scenario("""A device reads the requests: where one word is in them, the client gets three RST+ACKs with
          jumping numbers, random windows and TTLs of their own; other requests are served.""")
def burst_on_word(lab):
    device = begun(lab)
    banned = lab.said.request.replace(b"example", b"forbidden")
    for client in (0, 1):
        lab.chat(lab.web, client=client)
        connection = lab.open(lab.web, client=client).request(banned)
        request = device.see(connection, "request")
        type_2(device, "client", connection, request.ack, request.end)
        until_reset(connection.client)
        connection.read_request(banned).respond()
        until_reset(connection.server)
        lab.expect(connection, "content-filter", "request-sent", "server RST+ACK", "third-party",
                   cause=("content-filter", "forged"))
    lab.chat(lab.web, lab.ssh)


@scenario("""A provider's traffic shaper ends a transfer by two bare RSTs to each side, window 10240, the
          second 12503 further and with its IP ID 2 higher.""", points=BOTH)
def burst_shaper(lab):
    device = begun(lab)
    connection = lab.open(lab.web).request().read_request().respond()
    answer = device.see(connection, "answer")
    for to, seq in (("client", answer.end), ("server", answer.ack)):
        ident = 1 + forge.random_number(15)
        device.reset(to, connection, seq, window=10240, ident=ident)
        device.reset(to, connection, seq + 12503, window=10240, ident=ident + 2)
    until_reset(connection.client)
    until_reset(connection.server)
    lab.expect(connection, "forged", "response-sent", "server RST", "third-party", points=AT_CLIENT)
    lab.expect(connection, "forged", "response-sent", "client RST", "third-party", points=AT_SERVER)
    lab.chat(lab.web, lab.ssh)


@scenario("""A device is late: its three bare RSTs, 0, 1460 and 4380 ahead of where the answer began, reach
          the client behind the answer; the connection lives and goes on.""", points=BOTH, v6=True)
def burst_too_late(lab):
    device = begun(lab)
    connection = lab.open(lab.web).request()
    request = device.see(connection, "request")
    connection.read_request().respond().read_answer()
    for jump in JUMPS:
        device.reset("client", connection, request.ack + jump)
    lab.fence()
    connection.talk().close()
    lab.expect(connection, "forged", "response-sent", "server RST", "third-party", points=AT_CLIENT)
    lab.chat(lab.web, lab.ssh)


@scenario("""On seeing the server's SYN/ACK a device sends the client two RST+ACKs with jumping numbers and
          random windows; the server greets all the same.""", points=BOTH)
def burst_on_synack(lab):
    device = begun(lab)
    connection = lab.open(lab.ssh)
    synack = device.see(connection, "SYN/ACK")
    for jump in JUMPS[:2]:
        device.reset("client", connection, synack.seq + 1 + jump, synack.ack, window=random_window())
    until_reset(connection.client)
    connection.respond(lab.said.server_banner)
    until_reset(connection.server)
    lab.expect(connection, "forged", "handshake-done", "server RST+ACK", "third-party", points=AT_CLIENT)
    lab.expect(connection, "no-state", "response-sent", "client RST", points=AT_SERVER,
               cause=("no-state", "client-abort"))
    lab.chat(lab.web, lab.ssh)
