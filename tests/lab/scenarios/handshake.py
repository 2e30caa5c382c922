# The server's kernel rejects what should complete or follow the handshake.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import forge
from lab.lab import until_reset
from lab.scenario import BOTH, scenario
from lab.scenarios.server import PORT_GONE
from synth.wire import ACK, RST, SYN, tcp_options

THIRD_ACK = "tcp dport 80 tcp flags & (syn | ack) == ack"


def lose_third_ack(lab, meanwhile):
    """A connection whose server has not got the handshake's ACK, only (later) the request."""
    with lab.rule(lab.router, "forward", THIRD_ACK + " counter drop"):
        connection = lab.open(80)
        lab.until_rule_hit(lab.router)
        meanwhile()
    connection.request()
    until_reset(connection.client)
    return connection


@scenario("""The handshake's ACK is lost and the listener is closed before the request comes, which gets a
          bare RST; the client's next attempt is refused.""", points=BOTH, v6=True)
def listener_closed_in_handshake(lab):
    listener = lab.listen(80)
    lab.listen(22)
    lab.chat(80, 22)
    connection = lose_third_ack(lab, listener.close)
    lab.expect(connection, "listener-gone", "request-sent", "server RST")
    lab.expect(lab.refused(80), "listener-gone", "syn-sent", "server RST+ACK", cause=PORT_GONE)
    lab.chat(22)


def reject_cookie(lab):
    """The server restarts in the handshake: its new listener never sent cookies, so it takes none."""
    lab.server.sysctl("net.ipv4.tcp_syncookies", 2)

    def restart():
        listener.close()
        lab.listen(80)

    listener = lab.listen(80)
    lab.chat(80, 80)
    connection = lose_third_ack(lab, restart)
    lab.expect(connection, "syn-cookie-rejected", "request-sent", "server RST",
               cause=("syn-cookie-rejected", "no-state"))
    lab.chat(80)


@scenario("""The server runs on SYN cookies and is restarted while the handshake's ACK is lost: the new
          listener does not accept the old cookie, although its number is right, and answers the request
          with a RST.""")
def syn_cookie_rejected(lab):
    reject_cookie(lab)


@scenario("""The server runs on SYN cookies and is restarted while the handshake's ACK is lost: the new
          listener rejects the cookie. The clients have no timestamps, so the SYN/ACKs carry no option but
          MSS.""")
def syn_cookie_rejected_no_timestamps(lab):
    lab.client.sysctl("net.ipv4.tcp_timestamps", 0)
    reject_cookie(lab)


def acknowledge_wrongly(lab):
    """A handmade client acknowledges what the server never sent; the client's kernel keeps out of it."""
    key = ((str(lab.address(lab.client)), 50000), (str(lab.address(lab.server)), 80))
    lab.listen(80)
    lab.chat(80)
    tap = forge.Tap(lab, lab.client, "eth0")
    isn = forge.random_number()
    with lab.rule(lab.client, "output", "tcp sport 50000 tcp flags & rst == rst drop"):
        tap.send(*key, isn, 0, SYN, 64240, tcp_options(("mss", "nop", "nop", "sack"), {"mss": 1460}))
        synack = tap.catch(lambda segment: segment.src == key[1] and segment.flags & SYN, "SYN/ACK")
        tap.send(*key, isn + 1 & 0xffffffff, synack.seq + 5000 & 0xffffffff, ACK, 64240)
        tap.catch(lambda segment: segment.src == key[1] and segment.flags & RST, "RST")
    lab.expect(key, "bad-handshake-ack", "half-open", "server RST")
    lab.chat(80)


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
    lab.listen(80, backlog=2)
    lab.chat(80)
    waiting = [lab.open(80), lab.open(80)]
    burst = [lab.dial(80, client=number).start() for number in range(3)]
    for connection in burst:
        connection.until_connected()
    for connection in burst[1:]:
        until_reset(connection.client)
        lab.expect(connection, "accept-queue-full", "handshake-done", "server RST",
                   cause=("accept-queue-full", "no-state"))
    for connection in (*waiting, burst[0]):
        connection.talk().close()
    lab.chat(80)
