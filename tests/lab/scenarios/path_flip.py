# Two servers have the same address, and a connection that began with one gets on to the other.
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib

from lab.lab import until_reset
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario

ALIKE = ("path-flip", "no-state")
SYNACK_AGAIN = (*ALIKE, "rejected-in-path")  # a host's own firewall and a repeated SYN/ACK look the same
COOKIE = (*ALIKE, "syn-cookie-rejected")  # another host's cookie is not accepted either
OTHER_PATH = "100"  # a routing table, and what is marked for it
HABITS = {"net.ipv4.ip_default_ttl": 128, "net.ipv6.conf.eth0.hop_limit": 128, "net.ipv4.tcp_timestamps": 0,
          "net.ipv4.tcp_rmem": "4096 20000 20000"}
FARTHER = {"net.ipv4.ip_default_ttl": 63}


def listen_twice(lab, *ports, unlike=()):
    """Both servers; returns the second one's last listener.  unlike: other habits of the second's stack."""
    for key in unlike:
        lab.second_server.sysctl(key, unlike[key])
    second = lab.listen(*ports, host=lab.second_server, index=1)
    lab.listen(*ports)
    return second


@contextlib.contextmanager
def astray(lab, connection):
    """Within, the client's ACKs (no SYN, no RST) of a connection go to the second server."""
    ip = ("ip", f"-{lab.version}")
    lab.router.run(*ip, "route", "replace", "default", "dev", "far2", "table", OTHER_PATH)
    lab.router.run(*ip, "rule", "add", "fwmark", OTHER_PATH, "lookup", OTHER_PATH)
    with lab.rule(lab.router, "prerouting", f"tcp sport {connection.key[0][1]} tcp dport {lab.web} "
                  f"tcp flags & (syn | rst | ack) == ack meta mark set {OTHER_PATH}"):
        yield
    lab.router.run(*ip, "rule", "delete", "fwmark", OTHER_PATH)



def lose_ack(lab, count=1, cause=SYNACK_AGAIN):
    """A connection whose first server repeats its SYN/ACK, which by then means nothing to the client."""
    connection = lab.dial(lab.web, client=count % 3)
    with astray(lab, connection):
        connection.connect()
        until_reset(connection.client)
        lab.until_resets(lab.client, count)
    lab.expect(connection, "path-flip", "handshake-done", "server RST", points=("client",), cause=cause)
    lab.expect(connection, "path-flip", "half-open", "client RST", points=("server",),
               cause=("path-flip", "connect-abandoned"))


def lose_request(lab, connection, stage="response-sent", cause=ALIKE):
    """Its request reaches the other server."""
    connection.request()
    until_reset(connection.client)
    lab.expect(connection, "path-flip", stage, "server RST", points=("client",), cause=cause)


def lose_late_request(lab, connection, cause=ALIKE):
    """The same after the flip back: the first server rejects it, and knows nothing of the connection."""
    lose_request(lab, connection, cause=cause)
    lab.expect(connection, "path-flip", "midstream", "server RST", points=("server",),
               cause=("no-state", "stray-probe"))


@scenario("""The handshake's ACK reaches another server with the same address, where the port is open, too;
          the first one repeats its SYN/ACK and gets a RST. Other connections are whole.""", points=BOTH,
          v6=True)
def flip_ack(lab):
    listen_twice(lab, lab.web)
    lab.chat(lab.web)
    lose_ack(lab, 1)
    lab.chat(lab.web)
    lose_ack(lab, 2)
    lab.chat(lab.web)


@scenario("""The handshake's ACK reaches another server with the same address, where nothing listens; the
          first one repeats its SYN/ACK and gets a RST.""", v6=True)
def flip_ack_to_closed(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    lose_ack(lab)
    lab.chat(lab.web)


@scenario("""The handshake's ACK reaches another server with the same address but another stack (TTL,
          window, no timestamps), which also serves whole connections.""", v6=True)
def flip_ack_unlike(lab):
    second = listen_twice(lab, lab.web, unlike=HABITS)
    lab.chat(lab.web)
    with lab.flip():
        lab.open(lab.web).accept(second).talk().close()
    lose_ack(lab, cause=("path-flip",))
    lab.chat(lab.web)


@scenario("""The handshake's ACK reaches another server with the same address, while the first one runs on
          SYN cookies and so keeps nothing that it could repeat.""", v6=True,
          clients=(FULL, NO_TIMESTAMPS))
def flip_ack_cookies(lab):
    lab.server.sysctl("net.ipv4.tcp_syncookies", 2)
    listen_twice(lab, lab.web)
    lab.chat(lab.web, lab.web)
    for number in (0, 1):
        connection = lab.dial(lab.web, client=number)
        with astray(lab, connection):
            connection.connect()
            until_reset(connection.client)
        lab.expect(connection, "path-flip", "handshake-done", "server RST", points=("client",), cause=COOKIE)
        lab.chat(lab.web, client=number)


@scenario("""The path flips to another server with the same address, where the port is open, too: requests
          of open connections are rejected there, new connections are served, and after the flip back the
          others in turn.""", points=BOTH, v6=True)
def flip_request(lab):
    second = listen_twice(lab, lab.web)
    lab.chat(lab.web)
    used, fresh = lab.open(lab.web).talk(), lab.open(lab.web, client=1).accept()
    with lab.flip():
        lose_request(lab, used)
        lose_request(lab, fresh, "request-sent")
        lab.open(lab.web, client=2).accept(second).talk().close()
        late = lab.open(lab.web, client=2).accept(second).talk()
    lose_late_request(lab, late)
    lab.chat(lab.web)


@scenario("""The path flips to another server with the same address but another stack (TTL, window, no
          timestamps); new connections are served there, and rejected after the flip back.""",
          v6=True)
def flip_request_unlike(lab):
    second = listen_twice(lab, lab.web, unlike=HABITS)
    lab.chat(lab.web)
    used, fresh = lab.open(lab.web).talk(), lab.open(lab.web, client=1).accept()
    with lab.flip():
        lab.open(lab.web, client=2).accept(second).talk().close()
        lose_request(lab, used, cause=("path-flip",))
        lose_request(lab, fresh, "request-sent", ("path-flip",))
        late = lab.open(lab.web, client=2).accept(second).talk()
    lose_late_request(lab, late, ("path-flip",))
    lab.chat(lab.web)


@scenario("""The path flips to an equal server one hop farther away (TTL), which rejects the requests of
          open connections and serves new ones.""")
def flip_request_farther(lab):
    second = listen_twice(lab, lab.web, unlike=FARTHER)
    lab.chat(lab.web)
    old = [lab.open(lab.web, client=number).talk() for number in (0, 1)]
    with lab.flip():
        for connection in old:
            lab.open(lab.web).accept(second).talk().close()
            lose_request(lab, connection, cause=("path-flip",))
    lab.chat(lab.web)


@scenario("""The path flips to another server with the same address, where nothing listens on the port:
          requests of open connections are rejected and new connections refused, until it flips back.""",
          v6=True)
def flip_request_to_closed(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    used, fresh = lab.open(lab.web).talk(), lab.open(lab.web, client=1).accept()
    with lab.flip():
        lose_request(lab, used)
        lab.expect(lab.refused(lab.web, client=2), "path-flip", "syn-sent", "server RST+ACK",
                   cause=("port-flapping", "path-flip"))
        lose_request(lab, fresh, "request-sent")
    lab.chat(lab.web)


@scenario("""The path flips to a standby server for good: every open connection is rejected when it next
          says something, and new ones are served by the standby.""", v6=True)
def flip_failover(lab):
    second = listen_twice(lab, lab.web)
    lab.chat(lab.web)
    old = [lab.open(lab.web, client=number % 3).talk() for number in range(5)]
    with lab.flip():
        for connection in old:
            lose_request(lab, connection)
            lab.open(lab.web).accept(second).talk().close()


@scenario("""A request reaches another server with the same address and is rejected; the first server, which
          knows nothing of it, sends more on that connection, and the client's kernel rejects that.""",
          points=BOTH, v6=True)
def flip_first_server_goes_on(lab):
    listen_twice(lab, lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).talk()
    with astray(lab, connection):
        lose_request(lab, connection, cause=("path-flip", "forged"))
        connection.respond()
        until_reset(connection.server)
    lab.expect(connection, "path-flip", "response-sent", "client RST", points=("server",),
               cause=("path-flip", "no-state"))
    lab.chat(lab.web)


def flap(lab, cause, **second_servers):
    """The path flips again and again; each connection lives until the next flip."""
    second = listen_twice(lab, lab.web, **second_servers)
    lab.chat(lab.web)
    alive = [lab.open(lab.web, client=number).talk() for number in (0, 1)]
    for _ in range(2):
        with lab.flip():
            for connection in alive:
                lose_request(lab, connection, cause=cause)
            lab.open(lab.web, client=2).accept(second).talk().close()
            alive = [lab.open(lab.web, client=number).accept(second).talk() for number in (0, 1)]
        for connection in alive:
            lose_request(lab, connection, cause=cause)
        lab.chat(lab.web)
        alive = [lab.open(lab.web, client=number).talk() for number in (0, 1)]
    for connection in alive:
        connection.talk().close()


@scenario("""The path flaps between two equal servers with the same address: connections are rejected by
          the one that they did not begin with, and new ones are served by either.""", v6=True)
def flapping(lab):
    flap(lab, ALIKE)


@scenario("""The path flaps between two unlike servers with the same address (TTL, window, timestamps):
          connections are rejected by the one that they did not begin with.""", v6=True)
def flapping_unlike(lab):
    flap(lab, ("path-flip",), unlike=HABITS)
