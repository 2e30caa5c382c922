# A SYN is refused: by the server's or the router's packet filter, or because an older connection of the
# same ports is in its way.
# SPDX-License-Identifier: GPL-2.0-or-later

import socket

from lab import forge
from lab.lab import Connection, LabError, forget, until_closed, until_reset
from lab.scenario import BARE, BOTH, FULL, NO_TIMESTAMPS, scenario
from synth.wire import RST, SYN, tcp_options

REJECT = "reject with tcp reset"
IPTABLES_REJECT = "-j REJECT --reject-with tcp-reset"
MIMICKED = tcp_options(("mss", "nop", "nop", "sack", "nop", "ws"), {"mss": 1460, "ws": 7})
OLDER_IN_THE_WAY = ("connect-abandoned", "stale-peer")


def refuse(lab, clients, truth, sender=None, **said):
    """Each client tries the redis port and is refused, among ordinary connections to other ports."""
    for number in clients:
        lab.expect(lab.refused(lab.redis, client=number), truth, "syn-sent", "server RST+ACK", sender, **said)
        lab.chat(lab.web, client=number)


def refuse_client(lab):
    """The rule that SYNs of the second client's address meet."""
    return f"{lab.ip} saddr {lab.address(lab.client, 1)} tcp dport {lab.redis} {REJECT}"


def serve_all(lab):
    lab.listen(lab.ssh, lab.web, lab.redis)
    lab.chat(lab.web, lab.ssh)


@scenario("""The server's own packet filter (nft) refuses SYNs to a port that is open behind it; its other
          ports work.""", v6=True)
def reject_host_syn(lab):
    serve_all(lab)
    with lab.rule(lab.server, "input", f"tcp dport {lab.redis} {REJECT}"):
        refuse(lab, (0, 1), "port-closed")
        lab.chat(lab.ssh)


@scenario("""The server's own packet filter (iptables) refuses SYNs to a port that is open behind it; its
          other ports work.""", v6=True, clients=(FULL, NO_TIMESTAMPS), needs=("iptables", "ip6tables"))
def reject_host_syn_iptables(lab):
    serve_all(lab)
    lab.iptables(lab.server, f"-A INPUT -p tcp --dport {lab.redis} {IPTABLES_REJECT}")
    refuse(lab, (0, 1, 0), "port-closed")
    lab.chat(lab.ssh, first="server")


@scenario("""The server's own packet filter refuses everything but SSH from the first frame on: two ports
          of two addresses refuse, one of them with nobody listening anyway.""")
def reject_host_all_but_one(lab):
    lab.listen(lab.ssh)
    lab.listen(lab.web, index=1)
    with lab.rule(lab.server, "input", f"tcp dport != {lab.ssh} {REJECT}"):
        for port, index in ((lab.web, 0), (lab.web, 1), (lab.alt, 0)):
            lab.expect(lab.refused(port, server=index), "port-closed", "syn-sent", "server RST+ACK")
            lab.chat(lab.ssh)


@scenario("""The router's packet filter (iptables) refuses SYNs to one port; other ports of the host
          work.""", v6=True, clients=(FULL, BARE), needs=("iptables", "ip6tables"))
def reject_router_syn_iptables(lab):
    serve_all(lab)
    lab.iptables(lab.router, f"-A FORWARD -p tcp --dport {lab.redis} {IPTABLES_REJECT}")
    refuse(lab, (0, 2), "refused-in-path", "third-party")
    lab.chat(lab.ssh)


@scenario("""The clients' own gateway refuses SYNs to one port, far before they could have reached the
          server.""", near_ms=1, far_ms=30, v6=True)
def reject_router_syn_near(lab):
    serve_all(lab)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.redis} {REJECT}"):
        refuse(lab, (0, 1), "refused-in-path", "third-party")
        lab.chat(lab.ssh)


@scenario("""A router (iptables) next to the server refuses SYNs to one port; only the TTL tells.""",
          near_ms=15, far_ms=0, v6=True, needs=("iptables", "ip6tables"))
def reject_router_syn_far(lab):
    serve_all(lab)
    lab.iptables(lab.router, f"-A FORWARD -p tcp --dport {lab.redis} {IPTABLES_REJECT}")
    refuse(lab, (0, 1), "refused-in-path", "third-party")
    lab.chat(lab.ssh)


@scenario("""The router's packet filter refuses the SYNs of one client's address to a port on which it lets
          the other clients in.""")
def reject_router_syn_of_client(lab):
    serve_all(lab)
    with lab.rule(lab.router, "forward", refuse_client(lab)):
        for _ in range(3):
            lab.chat(lab.redis)
            refuse(lab, (1,), "refused-in-path", "third-party", cause=("refused-in-path", "client-refused"))
            lab.chat(lab.redis, client=2)


@scenario("""The server's own packet filter refuses the SYNs of one client's address to a port on which it
          lets the other clients in.""")
def reject_host_syn_of_client(lab):
    serve_all(lab)
    with lab.rule(lab.server, "input", refuse_client(lab)):
        for _ in range(3):
            lab.chat(lab.redis)
            refuse(lab, (1,), "client-refused", cause=("client-refused", "port-flapping"))
            lab.chat(lab.redis, client=2)


@scenario("""The router's packet filter refuses SYNs to one port while its rules are being loaded: the same
          port works before and after.""")
def reject_router_syn_for_a_while(lab):
    serve_all(lab)
    lab.chat(lab.redis)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.redis} {REJECT}"):
        refuse(lab, (0, 1), "refused-in-path", "third-party", cause=("refused-in-path", "port-flapping"))
    lab.chat(lab.redis)


@scenario("""Two ports are refused, one by the router and one by the server, which does not listen there;
          a third works.""", v6=True)
def refused_here_and_there(lab):
    lab.listen(lab.web, lab.redis)
    lab.chat(lab.web)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.redis} {REJECT}"):
        for number in (0, 1):
            refuse(lab, (number,), "refused-in-path", "third-party")
            lab.expect(lab.refused(lab.alt, client=number), "port-closed", "syn-sent", "server RST+ACK")


@scenario("""A port that is closed on one address of the host is open on its other address.""")
def closed_on_one_address(lab):
    lab.listen(lab.ssh)
    lab.listen(lab.redis, index=1)
    for number in (0, 1):
        lab.chat(lab.redis, server=1)
        lab.chat(lab.ssh)
        lab.expect(lab.refused(lab.redis, client=number), "port-closed", "syn-sent", "server RST+ACK")


@scenario("""A handmade client repeats its SYN with a slightly higher number while the server still waits for
          the ACK of the first: the server's kernel drops the half-open connection and refuses the second
          SYN as if the port were closed.""", points=BOTH)
def syn_again_in_window(lab):
    key = ((str(lab.address(lab.client)), 50001), (str(lab.address(lab.server)), lab.web))
    lab.listen(lab.web)
    lab.chat(lab.web)
    tap = forge.Tap(lab, lab.client, "eth0")
    isn = forge.random_number() & 0x7fffffff
    with lab.rule(lab.client, "output", "tcp sport 50001 tcp flags & rst == rst drop"):
        for number, answer in ((isn, SYN), (isn + len(lab.said.answer), RST)):
            tap.send(*key, number, 0, SYN, 64240, MIMICKED)
            tap.catch(lambda segment: segment.src == key[1] and segment.flags & answer, "an answer")
    lab.expect(key, "connect-abandoned", "syn-sent", "server RST+ACK", cause=OLDER_IN_THE_WAY)
    lab.chat(lab.web)


def dial_again(lab, connection):
    """A fresh connection between the same ports."""
    sock = lab.socket(lab.client)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(connection.key[0])
    return Connection(lab, sock, *connection.key[1])


@scenario("""The client cancels its connect() and at once dials anew from the same port: the server's
          SYN/ACK is for the first SYN, so the client resets it, and the second SYN is refused since it
          meets the half-open connection of the first.""", points=BOTH, v6=True)
def redialled_at_once(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    probe = lab.dial(lab.web)
    probe.client.close()
    first, second = dial_again(lab, probe), dial_again(lab, probe)
    first.start().client.close()
    try:
        second.connect()
        raise LabError("the second SYN was accepted")
    except ConnectionRefusedError:
        pass
    lab.until_resets(lab.client, 1)
    lab.expect(second, "connect-abandoned", "half-open", "client RST", points=("client",),
               cause=("connect-abandoned", "bad-synack"))
    lab.expect(second, "connect-abandoned", "syn-sent", "server RST+ACK", points=("server",),
               cause=OLDER_IN_THE_WAY)
    lab.chat(lab.web)


@scenario("""The client's host lost a connection (crash, restart) that the server still holds, and dials
          anew from the same port: the server answers the SYN with an ACK of the old connection, the client
          resets that, and the repeated SYN works.""", points=BOTH, v6=True, clients=(FULL, NO_TIMESTAMPS))
def stale_peer(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    old = lab.open(lab.web).talk()
    forget(old.client)
    again = dial_again(lab, old).connect()
    until_reset(old.server)
    lab.expect(again, "stale-peer", "syn-sent", "client RST")
    again.talk().close()
    lab.chat(lab.web)


@scenario("""The same with a connection that the server had already closed on its side, captured on the
          server only.""", points=("server",))
def stale_peer_half_closed(lab):
    lab.listen(lab.web)
    lab.chat(lab.web, first="server")
    old = lab.open(lab.web).talk()
    old.server.shutdown(socket.SHUT_WR)
    until_closed(old.client)
    lab.fence()
    forget(old.client)
    again = dial_again(lab, old).connect()
    until_reset(old.server)
    lab.expect(again, "stale-peer", "syn-sent", "client RST")
    again.talk().close()
    lab.chat(lab.web)
