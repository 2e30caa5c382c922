# The server's kernel rejects what should complete or follow the handshake.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import forge
from lab.lab import until_reset
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario
from lab.scenarios.server import PORT_GONE
from synth.wire import ACK, RST, SYN, tcp_options

def third_ack(lab):
    """The rule that the handshake's ACK (and all behind it) meets."""
    return f"tcp dport {lab.web} tcp flags & (syn | ack) == ack"



def lose_third_ack(lab, meanwhile):
    """A connection whose server has not got the handshake's ACK, only (later) the request."""
    with lab.rule(lab.router, "forward", third_ack(lab) + " counter drop"):
        connection = lab.open(lab.web)
        lab.until_rule_hit(lab.router)
        meanwhile()
    connection.request()
    until_reset(connection.client)
    return connection


@scenario("""The handshake's ACK is lost and the listener is closed before the request comes, which gets a
          bare RST; the client's next attempt is refused.""", points=BOTH, v6=True)
def listener_closed_in_handshake(lab):
    listener = lab.listen(lab.web)
    lab.listen(lab.ssh)
    lab.chat(lab.web, lab.ssh)
    connection = lose_third_ack(lab, listener.close)
    lab.expect(connection, "listener-gone", "request-sent", "server RST")
    lab.expect(lab.refused(lab.web), "listener-gone", "syn-sent", "server RST+ACK", cause=PORT_GONE)
    lab.chat(lab.ssh)


@scenario("""The server runs on SYN cookies and is restarted while the handshake's ACK is lost: the new
          listener does not accept the old cookie, although its number is right, and answers the request
          with a RST.""", clients=(FULL, NO_TIMESTAMPS))
def syn_cookie_rejected(lab):
    lab.server.sysctl("net.ipv4.tcp_syncookies", 2)

    def restart():
        """The new listener never sent cookies, so it takes none."""
        listener.close()
        lab.listen(lab.web)

    listener = lab.listen(lab.web)
    lab.chat(lab.web, lab.web)
    connection = lose_third_ack(lab, restart)
    lab.expect(connection, "syn-cookie-rejected", "request-sent", "server RST",
               cause=("syn-cookie-rejected", "no-state"))
    lab.chat(lab.web)


def acknowledge_wrongly(lab):
    """A handmade client acknowledges what the server never sent; the client's kernel keeps out of it."""
    key = ((str(lab.address(lab.client)), 50000), (str(lab.address(lab.server)), lab.web))
    lab.listen(lab.web)
    lab.chat(lab.web)
    tap = forge.Tap(lab, lab.client, "eth0")
    isn = forge.random_number()
    with lab.rule(lab.client, "output", "tcp sport 50000 tcp flags & rst == rst drop"):
        tap.send(*key, isn, 0, SYN, 64240, tcp_options(("mss", "nop", "nop", "sack"), {"mss": 1460}))
        synack = tap.catch(lambda segment: segment.src == key[1] and segment.flags & SYN, "SYN/ACK")
        tap.send(*key, isn + 1 & 0xffffffff, synack.seq + 5000 & 0xffffffff, ACK, 64240)
        tap.catch(lambda segment: segment.src == key[1] and segment.flags & RST, "RST")
    lab.expect(key, "bad-handshake-ack", "half-open", "server RST")
    lab.chat(lab.web)


@scenario("The client acknowledges a number that the server never sent, instead of its SYN/ACK.")
def wrong_handshake_ack(lab):
    acknowledge_wrongly(lab)


@scenario("""The server runs on SYN cookies; the client's ACK has a wrong number, so it is no cookie
          either. Without cookies it would have been rejected alike.""")
def wrong_handshake_ack_cookies(lab):
    lab.server.sysctl("net.ipv4.tcp_syncookies", 2)
    acknowledge_wrongly(lab)


@scenario("""The application is too slow: the accept queue (listen(2)) is full when two of three
          simultaneous handshakes complete, and tcp_abort_on_overflow=1 has the kernel reset them.""",
          points=BOTH)
def accept_queue_full(lab):
    lab.server.sysctl("net.ipv4.tcp_abort_on_overflow", 1)
    lab.server.sysctl("net.ipv4.tcp_syncookies", 0)
    lab.listen(lab.web, backlog=2)
    lab.chat(lab.web)
    waiting = [lab.open(lab.web), lab.open(lab.web)]
    burst = [lab.dial(lab.web, client=number).start() for number in range(3)]
    for connection in burst:
        connection.until_connected()
    for connection in burst[1:]:
        until_reset(connection.client)
        lab.expect(connection, "accept-queue-full", "handshake-done", "server RST",
                   cause=("accept-queue-full", "no-state"))
    for connection in (*waiting, burst[0]):
        connection.talk().close()
    lab.chat(lab.web)
