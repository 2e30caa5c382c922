# A client with both versions of IP tries several addresses and keeps what answers first (RFC 8305).
# SPDX-License-Identifier: GPL-2.0-or-later

import select

from lab.lab import abort_on_close, until_reset
from lab.netns import LabError
from lab.scenario import scenario
from lab.scenarios.clients import until_syns

ATTEMPT_DELAY_S = 0.25  # RFC 8305 section 5
SHORT_DELAY_S = 0.025  # it allows 10 ms
ABANDONED = ("connect-abandoned", "client-abort")


def listen(lab):
    """On all addresses of the server."""
    for version in (4, 6):
        for index in (0, 1):
            lab.listen(lab.tls, index=index, version=version)


def attempts(lab, delay_s, versions=(6, 4), **which):
    """The client tries one version of IP and, if that has not answered after the delay, the other, too."""
    first, second = (lab.dial(lab.tls, version=version, **which) for version in versions)
    first.start()
    if select.select([], [first.client], [], delay_s)[1]:
        raise LabError("answered before the second attempt")
    return first, second.start()


def chat(lab):
    """Ordinary connections of another client."""
    lab.chat(lab.tls, client=1, version=6)
    lab.chat(lab.tls, client=1, version=4)


@scenario("""The path takes longer than 250 ms: the client tries IPv6 and after 250 ms IPv4, too; IPv6 answers
          first, and the other attempt is dropped: its SYN/ACK gets a bare RST. So with each address of the
          server, as a browser does.""", near_ms=10, far_ms=125)
def eyeballs_late_synack(lab):
    listen(lab)
    for server in (0, 1, 0):
        winner, loser = attempts(lab, ATTEMPT_DELAY_S, server=server)
        winner.until_connected()
        loser.client.close()
        lab.expect(loser, "connect-abandoned", "half-open", "client RST")
        winner.talk().close()
    chat(lab)


@scenario("""The client tries IPv6 and 25 ms later IPv4; it drops IPv4 at once when IPv6 has answered, so that
          the SYN/ACK on its way gets a bare RST; once it is the other way round.""", near_ms=10)
def eyeballs_close_race(lab):
    listen(lab)
    chat(lab)
    for server, versions in ((0, (6, 4)), (1, (6, 4)), (0, (4, 6)), (1, (6, 4))):
        winner, loser = attempts(lab, SHORT_DELAY_S, versions, server=server)
        winner.until_connected()
        loser.client.close()
        lab.expect(loser, "connect-abandoned", "half-open", "client RST")
        winner.talk().close()
    chat(lab)


@scenario("""The client tries IPv6 and 25 ms later IPv4, and both are connected; it talks by IPv6 and aborts
          the other (SO_LINGER 0) without having said anything.""")
def eyeballs_both_connected(lab):
    listen(lab)
    chat(lab)
    for server in (0, 1, 0):
        winner, loser = attempts(lab, SHORT_DELAY_S, server=server)
        winner.until_connected()
        loser.until_connected()
        abort_on_close(loser.client)
        until_reset(loser.accept().server)
        lab.expect(loser, "connect-abandoned", "handshake-done", "client RST+ACK", cause=ABANDONED)
        winner.talk().close()
    chat(lab)


@scenario("""The client tries IPv6 and 25 ms later IPv4, and both are connected; it talks by IPv6 and closes
          the other in order: nothing is reset.""")
def eyeballs_closed(lab):
    listen(lab)
    for server in (0, 1):
        winner, loser = attempts(lab, SHORT_DELAY_S, server=server)
        winner.until_connected().talk()
        loser.until_connected().accept().close()
        winner.close()
    chat(lab)


@scenario("""IPv6 does not get through: the client tries it, after 250 ms tries IPv4, too, and stays with
          that; the IPv6 attempt ends without a trace. Later IPv6 gets through late, and its SYN/ACK gets a
          bare RST.""", far_ms=40)
def eyeballs_v6_broken(lab):
    listen(lab)
    lab.chat(lab.tls, client=1, version=4)
    for server in (0, 1, 0):
        with lab.rule(lab.router, "forward", "meta nfproto ipv6 drop"):
            loser, winner = attempts(lab, ATTEMPT_DELAY_S, server=server)
            winner.until_connected().talk()
            loser.client.close()
        winner.close()
    with lab.rule(lab.router, "forward", "meta nfproto ipv6 tcp flags & (syn | ack) == syn counter drop"):
        loser, winner = attempts(lab, ATTEMPT_DELAY_S, server=1)
        winner.until_connected().talk()
    until_syns(lab, loser, 2)
    loser.client.close()
    lab.until_resets(lab.client, 1)
    lab.expect(loser, "connect-abandoned", "half-open", "client RST")
    winner.close()
    chat(lab)
