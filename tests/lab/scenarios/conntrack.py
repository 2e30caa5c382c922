# The router keeps state of connections, or translates their addresses, and forgets some.
# SPDX-License-Identifier: GPL-2.0-or-later

import select

from lab import wait
from lab.lab import LabError, until_reset
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario

NEEDS = ("conntrack",)
REJECT = "reject with tcp reset"
STRICT = ("ct state established,related accept", "tcp flags & (syn | ack) == syn ct state new accept",
          f"meta l4proto tcp {REJECT}")
SHORT_S = 4


def flush(lab):
    """The router forgets all connections, once what is on its way has passed."""
    lab.fence()
    lab.router.run("conntrack", "-F")


def expect_rejected(lab, connection, stage, point="client", sent_by="server"):
    lab.expect(connection, "rejected-in-path", stage, f"{sent_by} RST", "third-party", points=(point,))


@scenario("""A stateful firewall at the router loses its state (restart, failover) and rejects what belongs
          to no connection it knows: requests of old connections, while new connections work.""",
          points=BOTH, v6=True, clients=(FULL, NO_TIMESTAMPS), needs=NEEDS)
def firewall_state_lost(lab):
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", *STRICT):
        lab.chat(lab.web, lab.ssh)
        used, fresh = lab.open(lab.web).talk(), lab.open(lab.web, client=1).accept()
        flush(lab)
        for connection, stage in ((used, "response-sent"), (fresh, "request-sent")):
            connection.request()
            until_reset(connection.client)
            expect_rejected(lab, connection, stage)
        lab.chat(lab.web, lab.ssh)


@scenario("""The same with a firewall that calls what it does not know invalid (no pick-up of running
          connections), next to the server; only the TTL tells.""", near_ms=15, far_ms=0, needs=NEEDS)
def firewall_invalid(lab):
    lab.listen(lab.web)
    with lab.rule(lab.router, "forward", f"ct state invalid {REJECT}"):
        lab.router.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
        lab.chat(lab.web)
        old = [lab.open(lab.web, client=number).talk() for number in (0, 1, 2)]
        flush(lab)
        for connection in old:
            connection.request()
            until_reset(connection.client)
            expect_rejected(lab, connection, "response-sent")
            lab.chat(lab.web)


@scenario("""A stateful firewall at the router loses its state while the server works on its answer, and
          rejects the answer: the server gets a RST in the client's name, the client nothing.""",
          points=("server",), v6=True, needs=NEEDS)
def firewall_state_lost_before_answer(lab):
    lab.listen(lab.web)
    with lab.rule(lab.router, "forward", *STRICT):
        lab.chat(lab.web)
        connection = lab.open(lab.web).request().read_request()
        flush(lab)
        connection.respond()
        until_reset(connection.server)
        expect_rejected(lab, connection, "response-sent", "server", "client")
        lab.chat(lab.web)


@scenario("""A stateful firewall at the router forgets idle connections after a few seconds and rejects
          what comes later; busy connections live on.""", needs=NEEDS)
def firewall_idle_timeout(lab):
    lab.listen(lab.web)
    with lab.rule(lab.router, "forward", *STRICT):
        lab.router.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", SHORT_S)
        lab.chat(lab.web)
        idle, busy = lab.open(lab.web).talk(), lab.open(lab.web, client=1).talk()
        for _ in range(2 * SHORT_S + 1):
            select.select([idle.client], [], [], 0.5)
            busy.talk()
        entry = f"sport={idle.key[0][1]} "
        wait.until(lambda: entry not in lab.router.run("conntrack", "-L"), "the router forgets it")
        idle.request()
        until_reset(idle.client)
        lab.expect(idle, "idle-timeout", "response-sent", "server RST", "third-party", points=("client",),
                   cause=("idle-timeout", "rejected-in-path"))
        busy.close()
        lab.chat(lab.web)


def translate(lab, chain, rule):
    """Address translation at the router."""
    kind = {"prerouting": "dstnat", "postrouting": "srcnat"}[chain]
    lab.router.nft(f"table inet nat {{ chain {chain} {{ type nat hook {chain} priority {kind};\n"
                   f"{rule}\n}}\n}}")


def hide_clients(lab):
    """The clients come to the server as the router."""
    router = lab.router.ports["far"].own(lab.version)[0]
    translate(lab, "postrouting",
              f"meta l4proto tcp {lab.ip} daddr {lab.address(lab.server)} snat {lab.ip} to {router}")
    return str(router)


def outside(lab, connection, router):
    """The key of a connection behind the translated address, as the server sees it."""
    peer = connection.accept().server.getpeername()[:2]
    if peer[0] != router:
        raise LabError(f"not translated: {peer}")
    return peer, connection.key[1]


@scenario("""The router hides the clients behind its address (source NAT) and loses its table; the next
          request slips through untranslated, and the server has no connection with that client.""",
          points=BOTH, v6=True, needs=NEEDS)
def snat_lost(lab):
    lab.listen(lab.web)
    hide_clients(lab)
    lab.router.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    lab.chat(lab.web)
    old = [lab.open(lab.web, client=number).talk() for number in (0, 1)]
    flush(lab)
    for connection in old:
        connection.request()
        until_reset(connection.client)
        lab.expect(connection, "no-state", "response-sent", "server RST", points=("client",))
        lab.expect(connection, "no-state", "midstream", "server RST", points=("server",),
                   cause=("no-state", "stray-probe"))
    lab.chat(lab.web)


@scenario("""The router hides the clients behind its address (source NAT) and loses its table; the
          server's answer then ends at the router itself, which knows no such connection.""",
          points=("server",), v6=True, needs=NEEDS)
def snat_lost_before_answer(lab):
    lab.listen(lab.web)
    router = hide_clients(lab)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().read_request()
    key = outside(lab, connection, router)
    flush(lab)
    connection.respond()
    until_reset(connection.server)
    lab.expect(key, "no-state", "response-sent", "client RST", "third-party",
               cause=("no-state", "rejected-in-path"))
    lab.chat(lab.web)


def publish(lab):
    """The server's second address leads to its first."""
    inner, outer = lab.address(lab.server), lab.address(lab.server, 1)
    translate(lab, "prerouting",
              f"meta l4proto tcp {lab.ip} daddr {outer} dnat {lab.ip} to {inner}")


def dial_published(lab, port, **which):
    return lab.open(port, server=1, **which).accept(lab.listeners[str(lab.address(lab.server)), port])


@scenario("""The router publishes the server under another address (destination NAT) and loses its table;
          the server's next segment comes to the client from the server's own address, of which the
          client's kernel knows nothing.""", points=BOTH, v6=True, needs=NEEDS)
def dnat_lost(lab):
    lab.listen(lab.redis)
    publish(lab)
    inner = str(lab.address(lab.server)), lab.redis
    dial_published(lab, lab.redis).talk().close()
    for number in (0, 1):
        connection = dial_published(lab, lab.redis, client=number).talk()
        flush(lab)
        connection.respond()
        until_reset(connection.server)
        key = connection.key[0], inner
        lab.expect(key, "synack-from-elsewhere", "midstream", "client RST", points=("client",),
                   cause=("synack-from-elsewhere", "no-state"))
        lab.expect(key, "synack-from-elsewhere", "response-sent", "client RST", points=("server",),
                   cause=("no-state", "client-abort"))
        dial_published(lab, lab.redis, client=number).talk().close()


@scenario("""The router translates the destination of one port's SYNs but not the source of what comes
          back: the SYN/ACK comes from the server's own address and the client resets it; its SYN, still
          unanswered, is repeated once.""", points=BOTH, v6=True)
def dnat_not_undone(lab):
    lab.listen(lab.web)
    lab.listen(lab.ssh, index=1)
    inner, outer = (str(lab.address(lab.server, number)) for number in (0, 1))
    lab.chat(lab.ssh, server=1)
    lab.router.nft(f"table inet raw {{ chain prerouting {{ type filter hook prerouting priority raw;\n"
                   f"tcp dport {lab.web} {lab.ip} daddr {outer} {lab.ip} daddr set {inner}\n}}\n}}")
    for count in (2, 3):
        connection = lab.dial(lab.web, server=1).start()
        lab.until_resets(lab.client, count)
        connection.client.close()
        key = connection.key[0], (inner, lab.web)
        lab.expect(key, "synack-from-elsewhere", "half-open", "client RST", points=("client",))
        lab.expect(key, "synack-from-elsewhere", "half-open", "client RST", points=("server",),
                   cause=("synack-from-elsewhere", "connect-abandoned"))
        lab.chat(lab.ssh, server=1)
