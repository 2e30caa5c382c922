# A device at the router resets connections in the name of their ends, in many ways.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import forge
from lab.lab import until_reset
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario
from synth.wire import ACK, RST, SYN, tcp_options

DEVICE_TTL = 113
AT_CLIENT, AT_SERVER = ("client",), ("server",)
FORGETFUL = ("no-state", "client-abort")  # what a kernel shows whose connection was reset in the peer's name


class Device:
    """Sees what passes the router, and sends to either side in the other's name."""

    def __init__(self, lab, ttl=DEVICE_TTL):
        self.near, self.far = (forge.Tap(lab, lab.router, port) for port in ("near", "far"))
        self.ttl = ttl

    def see(self, connection, what):
        """The next "SYN/ACK", "request" or "answer" of the connection."""
        client, server = connection.key
        if what == "request":
            return self.near.catch(lambda one: one.src == client and one.length, what)
        return self.far.catch(lambda one: (one.src, one.dst) == (server, client)
                              and (one.flags & SYN if what == "SYN/ACK" else one.length), what)

    def reset(self, to, connection, seq, ack=None, **fields):
        """A bare RST, or RST+ACK if `ack` is given; to: "client" or "server", in the other's name."""
        client, server = connection.key
        tap, src, dst = (self.near, server, client) if to == "client" else (self.far, client, server)
        look = {"ttl": self.ttl, "ident": forge.random_number(16), "df": False}
        tap.send(src, dst, seq, ack or 0, RST if ack is None else RST | ACK, **look | fields)


def begun(lab):
    """A device, and ordinary life before it acts."""
    lab.listen(lab.ssh, lab.web)
    lab.chat(lab.web, lab.ssh)
    return Device(lab)


def answered_anyway(lab, connection):
    """The server knows nothing of the forged reset and answers; the client's kernel rejects that."""
    connection.read_request().respond()
    until_reset(connection.server)
    lab.expect(connection, "no-state", "response-sent", "client RST", points=AT_SERVER, cause=FORGETFUL)
    lab.chat(lab.web, lab.ssh)


@scenario("""The device resets the client by a bare RST on seeing the server's SYN/ACK; the server greets all
          the same, and the client's kernel rejects that.""", points=BOTH, v6=True)
def forged_on_synack(lab):
    device = begun(lab)
    connection = lab.open(lab.ssh)
    synack = device.see(connection, "SYN/ACK")
    device.reset("client", connection, synack.seq + 1)
    until_reset(connection.client)
    connection.respond(lab.said.server_banner)
    until_reset(connection.server)
    lab.expect(connection, "forged", "handshake-done", "server RST", "third-party", points=AT_CLIENT)
    lab.expect(connection, "no-state", "response-sent", "client RST", points=AT_SERVER, cause=FORGETFUL)
    lab.chat(lab.web, lab.ssh)


@scenario("""The device resets the client by RST+ACK on seeing the server's SYN/ACK, with its number, the
          server's TTL and IP ID, but no window; nothing else of the server is heard but its greeting.""")
def forged_on_synack_same_ttl(lab):
    device = begun(lab)
    connection = lab.open(lab.ssh)
    synack = device.see(connection, "SYN/ACK")
    device.reset("client", connection, synack.seq + 1, synack.ack, ttl=synack.ttl - 1, ident=0, df=True)
    until_reset(connection.client)
    connection.respond(lab.said.server_banner)
    until_reset(connection.server)
    lab.expect(connection, "forged", "handshake-done", "server RST+ACK", "third-party")
    lab.chat(lab.web, lab.ssh)


@scenario("""On seeing the request the device resets both sides in each other's name by bare RSTs; the
          server's kernel has acknowledged the request by then.""", points=BOTH, v6=True,
          clients=(FULL, NO_TIMESTAMPS))
def forged_both_sides(lab):
    device = begun(lab)
    connection = lab.open(lab.web).accept().request()
    request = device.see(connection, "request")
    device.reset("client", connection, request.ack)
    device.reset("server", connection, request.end)
    until_reset(connection.client)
    until_reset(connection.server)
    lab.expect(connection, "forged", "request-sent", "server RST", "third-party", points=AT_CLIENT)
    lab.expect(connection, "forged", "request-sent", "client RST", "third-party", points=AT_SERVER)
    lab.chat(lab.web, lab.ssh)


@scenario("""On seeing the request the device resets the server only, in the client's name; the client repeats
          its request, which the server no longer knows.""", points=BOTH, v6=True)
def forged_server_only(lab):
    device = begun(lab)
    connection = lab.open(lab.web).accept().request()
    request = device.see(connection, "request")
    device.reset("server", connection, request.end)
    until_reset(connection.server)
    connection.request()
    until_reset(connection.client)
    lab.expect(connection, "no-state", "request-sent", "server RST", points=AT_CLIENT)
    lab.expect(connection, "forged", "request-sent", "client RST", "third-party", points=AT_SERVER)
    lab.chat(lab.web, lab.ssh)


def disguise(device, connection):
    """The request, and what a RST+ACK of the server's own socket would look like behind it."""
    synack, request = device.see(connection, "SYN/ACK"), device.see(connection, "request")
    fields = {"ttl": synack.ttl - 1, "ident": 1 + forge.random_number(15), "df": True, "window": 64}
    if synack.timestamps:
        later = request.timestamps[0] - synack.timestamps[1]  # by the client's clock, since its SYN
        stamps = synack.timestamps[0] + later & 0xffffffff, request.timestamps[0]
        fields["options"] = tcp_options(("nop", "nop", "ts"), {"ts": stamps})
    return request, fields


@scenario("""The device resets the client by a RST+ACK that looks like the server's in TTL, IP ID, window and
          timestamps; but the server's answer follows.""", points=BOTH, v6=True,
          clients=(FULL, NO_TIMESTAMPS))
def forged_disguised(lab):
    device = begun(lab)
    connection = lab.open(lab.web).accept().request()
    request, fields = disguise(device, connection)
    device.reset("client", connection, request.ack, request.end, **fields)
    until_reset(connection.client)
    lab.expect(connection, "forged", "request-sent", "server RST+ACK", "third-party", points=AT_CLIENT)
    answered_anyway(lab, connection)


@scenario("""The device resets both sides; what the client gets looks like the server's RST+ACK in TTL, IP ID,
          window and timestamps. The server had acknowledged the request before its own came.""")
def forged_disguised_both_sides(lab):
    device = begun(lab)
    connection = lab.open(lab.web).accept().request()
    request, fields = disguise(device, connection)
    device.reset("client", connection, request.ack, request.end, **fields)
    device.reset("server", connection, request.end)
    until_reset(connection.client)
    until_reset(connection.server)
    lab.expect(connection, "forged", "request-sent", "server RST+ACK", "third-party")
    lab.chat(lab.web, lab.ssh)


@scenario("""On seeing the request the device resets the client with a text in the RST's payload; the server's
          answer follows.""", points=BOTH, v6=True)
def forged_with_text(lab):
    device = begun(lab)
    connection = lab.open(lab.web).request()
    request = device.see(connection, "request")
    device.reset("client", connection, request.ack, request.end, payload=b"Blocked by the gateway's policy")
    until_reset(connection.client)
    lab.expect(connection, "forged", "request-sent", "server RST+ACK", "third-party", points=AT_CLIENT,
               cause=("forged", "sender-stated"))
    answered_anyway(lab, connection)


@scenario("""The device resets the client by a bare RST in the middle of an answer; the server goes on with
          the answer, and the client's kernel rejects that.""", points=BOTH, v6=True)
def forged_mid_answer(lab):
    device = begun(lab)
    connection = lab.open(lab.web).request().read_request().respond()
    answer = device.see(connection, "answer")
    device.reset("client", connection, answer.end)
    until_reset(connection.client)
    lab.expect(connection, "forged", "response-sent", "server RST", "third-party", points=AT_CLIENT)
    lab.expect(connection, "no-state", "response-sent", "client RST", points=AT_SERVER, cause=FORGETFUL)
    connection.respond()
    until_reset(connection.server)
    lab.chat(lab.web, lab.ssh)


@scenario("""The device cuts a download for both sides, by RST+ACK in each other's name, once it has seen the
          first part of the answer.""", points=BOTH)
def forged_mid_answer_both_sides(lab):
    device = begun(lab)
    connection = lab.open(lab.web).request().read_request().respond()
    answer = device.see(connection, "answer")
    device.reset("client", connection, answer.end, answer.ack)
    device.reset("server", connection, answer.ack, answer.end)
    until_reset(connection.client)
    until_reset(connection.server)
    lab.expect(connection, "forged", "response-sent", "server RST+ACK", "third-party", points=AT_CLIENT)
    lab.expect(connection, "forged", "response-sent", "client RST+ACK", "third-party", points=AT_SERVER)
    lab.chat(lab.web, lab.ssh)


@scenario("""The device reads the requests and resets those with one server's name in them, each time; other
          names on the same port are served. The real server answers all.""", v6=True)
def forged_on_word(lab):
    device = begun(lab)
    banned = lab.said.request.replace(b"example", b"forbidden")
    for client in (0, 1, 2):
        lab.chat(lab.web, client=client)
        connection = lab.open(lab.web, client=client).request(banned)
        request = device.see(connection, "request")
        device.reset("client", connection, request.ack, request.end)
        until_reset(connection.client)
        connection.read_request(banned).respond()
        until_reset(connection.server)
        lab.expect(connection, "content-filter", "request-sent", "server RST+ACK", "third-party",
                   cause=("content-filter", "forged"))
    lab.chat(lab.web, lab.ssh)


@scenario("""The device answers SYNs to one port by forged refusals, towards the client; the server's SYN/ACKs
          follow, and the client's kernel rejects them. Another port is left alone.""", v6=True)
def forged_refusals(lab):
    device = begun(lab)
    for client in (0, 1):
        lab.chat(lab.ssh, client=client)
        connection = lab.dial(lab.web, client=client).start()
        syn = device.near.catch(lambda one, key=connection.key: one.src == key[0], "the SYN")
        device.reset("client", connection, 0, syn.seq + 1, ttl=63, ident=0, df=True)
        lab.until_resets(lab.client, client + 1)
        lab.expect(connection, "forged", "syn-sent", "server RST+ACK", "third-party")
    lab.chat(lab.ssh)
