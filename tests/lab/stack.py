# TCP stacks that are no kernel's: what is sent to the server's second address ends in a user-mode stack.
# SPDX-License-Identifier: GPL-2.0-or-later
"""IPv4 only.  The server's kernel forwards between eth0 and the tap interface of the stack, so that its
packets come with a TTL less by one."""

from lab import forge, wait
from lab.lab import abort_on_close, until_closed, until_dead
from synth.wire import ACK, RST, SYN, tcp_options

TAP = "tap0"
SECOND = 1  # index of the address
HERE = {"server": SECOND}
OFFER = tcp_options(("mss", "nop", "nop", "sack"), {"mss": 1460})
HANDMADE_PORT = 50000


def address(lab):
    return lab.address(lab.server, SECOND)


def lead_into_tap(lab, gateway, gateway_mac):
    """Once the stack has made its tap interface: it gets what is meant for the address, and finds the clients
    through it."""
    server = lab.server
    wait.until(lambda: TAP in server.read("/proc/thread-self/net/dev"), "a tap interface")
    server.run("ip", "-batch", "-", given="\n".join((
        f"address delete {address(lab)}/24 dev eth0",
        f"link set {TAP} up",
        f"neighbour replace {gateway} lladdr {gateway_mac} nud permanent dev {TAP}",
        f"route add {address(lab)} via {gateway} dev {TAP} onlink")))
    for key, value in (("ip_forward", 1), (f"conf.{TAP}.proxy_arp", 1), (f"neigh.{TAP}.proxy_delay", 0)):
        server.sysctl(f"net.ipv4.{key}", value)


def listen(lab, *ports):
    """The applications behind a stack that hands connections on: on the second server's host, under the same
    address.  Returns the last listener."""
    return lab.listen(*ports, host=lab.second_server, index=1 + SECOND)


def connect(lab, port, **which):
    return lab.open(port, **which | HERE)


def chat(lab, *ports, **which):
    """Ordinary connections, which either side closes."""
    for first in ("client", "server"):
        lab.chat(*ports, first=first, **which | HERE)


def abort(lab, form):
    """The application aborts (SO_LINGER 0): at once, after the request, after its answer."""
    chat(lab, lab.web)
    for stage, *causes in (("handshake-done", "app-reject"), ("request-sent", "app-reject"),
                           ("response-sent", "app-abort", "reset-as-close")):
        connection = connect(lab, lab.web).accept()
        if stage != "handshake-done":
            connection.request().read_request()
        if stage == "response-sent":
            connection.respond().read_answer()
        lab.fence()
        abort_on_close(connection.server)
        until_dead(connection.client)
        lab.expect(connection, causes[0], stage, form, cause=tuple(causes))
        chat(lab, lab.web, client=1)


def close_unread(lab, form):
    """The application closes without having read the request."""
    chat(lab, lab.web)
    connection = connect(lab, lab.web).accept().request()
    lab.fence()
    connection.server.close()
    until_dead(connection.client)
    lab.expect(connection, "app-reject", "request-sent", form)
    chat(lab, lab.web)


def data_after_close(lab, form, times):
    """The client asks on after the application has closed, so often until it is reset."""
    chat(lab, lab.web)
    connection = connect(lab, lab.web).talk()
    connection.server.close()
    until_closed(connection.client)
    for _ in range(times):
        lab.fence()
        connection.request()
    until_dead(connection.client)
    lab.expect(connection, "data-after-close", "closing", form)
    chat(lab, lab.web)


def handmade(lab):
    """(key, tap) of a client that is not its kernel's."""
    key = (str(lab.address(lab.client)), HANDMADE_PORT), (str(address(lab)), lab.web)
    return key, forge.Tap(lab, lab.client, "eth0")


def keep_out(lab):
    """Within, the client's kernel resets nothing of it."""
    return lab.rule(lab.client, "output", f"tcp sport {HANDMADE_PORT} tcp flags & rst == rst drop")


def until_answered(lab, tap, key, form):
    """By a RST; or, if form is "", all that could have come has come."""
    if form:
        tap.catch(lambda segment: segment.src == key[1] and segment.flags & RST, "RST")
    else:
        lab.fence()


def stray_ack(lab, form, visit=chat):
    """An ACK outside any connection.  form: "" is silence; visit: an ordinary connection."""
    visit(lab, lab.web, client=1)
    key, tap = handmade(lab)
    tap.send(*key, forge.random_number(), forge.random_number(), ACK, 1024)
    until_answered(lab, tap, key, form)
    if form:
        lab.expect(key, "stray-probe", "midstream", form)
    visit(lab, lab.web, client=1)


def wrong_ack(lab, form, visit=chat):
    """A handmade client acknowledges what the stack never sent.  What the stack opened for it behind it stays
    open.  form: "" is silence; visit: an ordinary connection."""
    visit(lab, lab.web)
    key, tap = handmade(lab)
    isn = forge.random_number()
    with keep_out(lab):
        tap.send(*key, isn, 0, SYN, 64240, OFFER)
        synack = tap.catch(lambda segment: segment.src == key[1] and segment.flags & SYN, "SYN/ACK")
        tap.send(*key, isn + 1 & 0xffffffff, synack.seq + 5000 & 0xffffffff, ACK, 64240)
        until_answered(lab, tap, key, form)
    if form:
        lab.expect(key, "bad-handshake-ack", "half-open", form)
