# The server keeps half-open connections in SYN cookies, accepts them, and rejects some.
# SPDX-License-Identifier: GPL-2.0-or-later
"""A listener that has sent no cookies of late takes none (tcp_synq_no_recent_overflow()): a service that is
started anew rejects those of its predecessor."""

import time

from lab import wait
from lab.lab import forget, until_reset
from lab.scenario import BARE, BOTH, FULL, NO_TIMESTAMPS, scenario
from lab.scenarios.handshake import lose_third_ack, third_ack
from lab.scenarios.server import PORT_GONE

FOREIGN_NUMBER = 0x2b5c91e7
REJECTED = ("syn-cookie-rejected", "no-state")
EXPIRED_S = 131  # after two ticks of the cookies' clock, and of the memory of having sent them
LONG_WAY_MS = 40  # the server must change before the client's ACK reaches it


def use_cookies(lab):
    lab.server.sysctl("net.ipv4.tcp_syncookies", 2)


def restart(lab, listener, **which):
    listener.close()
    return lab.listen(lab.web, **which)


def expect_rejected(lab, connection, stage):
    lab.expect(connection, "syn-cookie-rejected", stage, "server RST", cause=REJECTED)


@scenario("""The server answers every SYN with a cookie and accepts each ACK; nothing is reset.""",
          v6=True, clients=(FULL, NO_TIMESTAMPS, BARE))
def cookies_accepted(lab):
    use_cookies(lab)
    lab.listen(lab.web, lab.ssh)
    for number in (0, 1, 2):
        lab.chat(lab.web, lab.ssh, client=number)


@scenario("""The server answers every SYN with a cookie; the handshake's ACK is lost, but the request
          acknowledges the SYN/ACK just as well: nothing is reset.""", v6=True, clients=(FULL, NO_TIMESTAMPS))
def cookies_ack_lost(lab):
    use_cookies(lab)
    lab.listen(lab.web)
    lab.chat(lab.web)
    with lab.rule(lab.router, "forward", third_ack(lab) + " counter drop"):
        connection = lab.open(lab.web)
        lab.until_rule_hit(lab.router)
    connection.talk().close()
    lab.chat(lab.web)


def half_open(lab):
    """The rule that keeps the second client's handshakes from being completed."""
    second = f"{lab.ip} saddr {lab.address(lab.client, 1)}"
    return lab.rule(lab.router, "forward", f"{second} {third_ack(lab)} drop")


@scenario("""Half-open connections fill the server's short queue, and it answers further SYNs with cookies,
          which it accepts; the half-open ones are completed later. Nothing is reset.""", v6=True,
          clients=(FULL, NO_TIMESTAMPS))
def cookies_by_overflow_accepted(lab):
    lab.listen(lab.web, backlog=1)
    lab.chat(lab.web)
    with half_open(lab):
        waiting = [lab.open(lab.web, client=1) for _ in range(2)]
        for number in (0, 2, 0):
            lab.chat(lab.web, client=number)
    for connection in waiting:
        connection.talk().close()
    lab.chat(lab.web)


@scenario("""Half-open connections fill the server's short queue, so that it answers further SYNs with
          cookies; it accepts some, and rejects one because it is restarted while the ACK is on its way.""",
          far_ms=LONG_WAY_MS, v6=True)
def cookies_by_overflow_rejected(lab):
    listener = lab.listen(lab.web, backlog=1)
    lab.chat(lab.web)
    with half_open(lab):
        for _ in range(2):
            lab.open(lab.web, client=1)
        lab.chat(lab.web, lab.web)
        connection = lab.open(lab.web, client=2)
        listener = restart(lab, listener, backlog=1)
        until_reset(connection.client)
        expect_rejected(lab, connection, "handshake-done")
        lab.chat(lab.web)


@scenario("""The server runs on SYN cookies and is restarted while an ACK is on its way; the new listener
          rejects the cookie of the old one, before and after accepting others.""", far_ms=LONG_WAY_MS,
          points=BOTH, v6=True, clients=(FULL, NO_TIMESTAMPS))
def cookie_rejected_at_ack(lab):
    use_cookies(lab)
    lab.listen(lab.ssh)
    listener = lab.listen(lab.web)
    lab.chat(lab.web, lab.ssh, lab.web)
    for number in (1, 0):
        connection = lab.open(lab.web, client=number)
        listener = restart(lab, listener)
        until_reset(connection.client)
        expect_rejected(lab, connection, "handshake-done")
        lab.chat(lab.web, client=number)


@scenario("""The server runs on SYN cookies and is restarted while the handshake's ACK is lost; the request
          is rejected.""", v6=True)
def cookie_rejected_at_request(lab):
    use_cookies(lab)
    listener = lab.listen(lab.web)
    lab.chat(lab.web, lab.web)
    connection = lose_third_ack(lab, lambda: restart(lab, listener))
    expect_rejected(lab, connection, "request-sent")
    lab.chat(lab.web)


@scenario("""The server runs on SYN cookies; an ACK and the request are lost for over two minutes, so that
          the cookie is too old when the request comes at last. Another client's ACK is lost as well, but
          its request comes in time and is served.""", points=BOTH, v6=True, clients=(FULL, NO_TIMESTAMPS),
          patience_s=400)
def cookie_expired(lab):
    use_cookies(lab)
    lab.listen(lab.web)
    lab.chat(lab.web)
    with lab.rule(lab.router, "forward", third_ack(lab) + " counter drop"):
        late, timely = lab.open(lab.web), lab.open(lab.web, client=1)
        lab.until_rule_hit(lab.router)
    timely.talk().close()
    expired = time.monotonic() + EXPIRED_S
    wait.until(lambda: time.monotonic() > expired, "the cookie expires", EXPIRED_S + 1)
    lab.chat(lab.web)
    late.request()
    until_reset(late.client)
    expect_rejected(lab, late, "request-sent")
    lab.chat(lab.web)


@scenario("""The server runs on SYN cookies and its listener is closed while the ACK is on its way; from
          then on the port refuses.""", far_ms=LONG_WAY_MS, v6=True, clients=(FULL, NO_TIMESTAMPS))
def cookie_listener_gone(lab):
    use_cookies(lab)
    lab.listen(lab.ssh)
    listener = lab.listen(lab.web)
    lab.chat(lab.web, lab.ssh, lab.web)
    connection = lab.open(lab.web)
    listener.close()
    until_reset(connection.client)
    lab.expect(connection, "listener-gone", "handshake-done", "server RST")
    lab.expect(lab.refused(lab.web, client=1), "listener-gone", "syn-sent", "server RST+ACK", cause=PORT_GONE)
    lab.chat(lab.ssh)


@scenario("""The server runs on SYN cookies; a client's own firewall damages the number that it
          acknowledges, of the handshake and of the request. Others are served.""", v6=True,
          clients=(FULL, NO_TIMESTAMPS))
def cookie_number_damaged(lab):
    use_cookies(lab)
    lab.listen(lab.web)
    lab.chat(lab.web)
    with lab.rule(lab.client, "output", f"{third_ack(lab)} tcp ackseq set {FOREIGN_NUMBER}"):
        connection = lab.open(lab.web)
        lab.until_resets(lab.server, 1)
        connection.request()
        lab.until_resets(lab.server, 2)
        forget(connection.client)  # no repetition with the right number
    lab.expect(connection, "bad-handshake-ack", "half-open", "server RST")
    lab.chat(lab.web, client=1)
    lab.chat(lab.web)


@scenario("""A device at the router renumbers the SYN/ACKs of a server that runs on SYN cookies, but does
          not translate the client's ACKs back: to the client all numbers look right.""", points=BOTH,
          v6=True)
def cookie_renumbered(lab):
    use_cookies(lab)
    lab.listen(lab.web, lab.ssh)
    lab.chat(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", f"tcp sport {lab.web} tcp flags & (syn | ack) == (syn | ack) "
                  f"tcp sequence set {FOREIGN_NUMBER}"):
        for number in (0, 1):
            connection = lab.open(lab.web, client=number)
            until_reset(connection.client)
            lab.expect(connection, "bad-handshake-ack", "handshake-done", "server RST", points=("client",),
                       cause=("bad-handshake-ack", "syn-cookie-rejected", "no-state"))
            lab.expect(connection, "bad-handshake-ack", "half-open", "server RST", points=("server",))
            lab.chat(lab.ssh, client=number)
    lab.chat(lab.web)
