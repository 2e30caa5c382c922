# Multipath TCP: the reset carries options that plain TCP has not (RFC 8684 3.5, 3.6).
# SPDX-License-Identifier: GPL-2.0-or-later

import struct

from lab import forge, wait
from lab.lab import abort_on_close, until_closed, until_reset
from lab.scenario import BOTH, scenario
from synth.wire import RST, SYN, tcp_options

IPPROTO_MPTCP = 262
MPTCP, MP_JOIN = 30, 1


def open_mptcp(lab):
    """A connection of which both ends speak MPTCP, accepted."""
    return lab.open(lab.web, protocol=IPPROTO_MPTCP).accept()


def begun(lab):
    lab.listen(lab.web, protocol=IPPROTO_MPTCP)
    open_mptcp(lab).talk().close()
    lab.chat(lab.web)  # plain TCP to the same port


@scenario("The server's application takes a connection and throws it out at once (SO_LINGER 0).", v6=True,
          points=BOTH)
def mptcp_linger0(lab):
    begun(lab)
    connection = open_mptcp(lab)
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "handshake-done", "server RST+ACK")
    open_mptcp(lab).talk().close()


@scenario("The server's application closes with the request unread.", points=BOTH, v6=True)
def mptcp_unread(lab):
    begun(lab)
    connection = open_mptcp(lab).request()
    wait.until_readable(connection.server, "the request")
    connection.server.close()
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "request-sent", "server RST+ACK")
    open_mptcp(lab).talk().close()


@scenario("The server's application answers, and then ends the connection by SO_LINGER 0.", points=BOTH)
def mptcp_linger0_after_data(lab):
    begun(lab)
    connection = open_mptcp(lab).talk()
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-abort", "response-sent", "server RST+ACK",
               cause=("app-abort", "reset-as-close"))
    open_mptcp(lab).talk().close()


@scenario("The client has the whole answer and ends the connection by SO_LINGER 0.", points=BOTH)
def mptcp_client_linger0(lab):
    begun(lab)
    connection = open_mptcp(lab).talk()
    abort_on_close(connection.client)
    until_reset(connection.server)
    lab.expect(connection, "reset-as-close", "response-sent", "client RST+ACK",
               cause=("reset-as-close", "client-abort"))
    open_mptcp(lab).talk().close()


@scenario("""The server closes orderly, which MPTCP says by DATA_FIN and not by FIN; what the client says then
          is acknowledged, and nothing is reset.""", points=BOTH)
def mptcp_data_after_close(lab):
    begun(lab)
    connection = open_mptcp(lab).talk()
    connection.server.close()
    until_closed(connection.client)
    connection.request()
    lab.fence()
    open_mptcp(lab).talk().close()


@scenario("""A client wants to join a connection that the server does not know (MP_JOIN with an unknown
          token): the server refuses the SYN and says so in the option MP_TCPRST; its port works.""", v6=True)
def mptcp_join_unknown(lab):
    begun(lab)
    key = ((str(lab.address(lab.client)), 50000), (str(lab.address(lab.server)), lab.web))
    tap = forge.Tap(lab, lab.client, "eth0")
    join = struct.pack("!BBBBII", MPTCP, 12, MP_JOIN << 4, 1, forge.random_number(), forge.random_number())
    options = tcp_options(("mss", "sack", "ts", "nop", "ws"), {"mss": 1460, "ts": (4711, 0), "ws": 7}) + join
    with lab.rule(lab.client, "output", "tcp sport 50000 tcp flags & rst == rst drop"):
        tap.send(*key, forge.random_number(), 0, SYN, 64240, options)
        tap.catch(lambda segment: segment.src == key[1] and segment.flags & RST, "RST")
    lab.expect(key, "sender-stated", "syn-sent", "server RST+ACK")
    open_mptcp(lab).talk().close()
