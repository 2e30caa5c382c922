# Only so many connections at a time are let in; SYNs beyond that are refused.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import wait
from lab.scenario import BOTH, scenario

NEEDS = ("iptables", "ip6tables", "conntrack")
LIMIT = 3
BY_ROUTER = ("refused-in-path", "port-flapping")
REFUSED = "syn-sent", "server RST+ACK"


def fill(lab, clients=(0,)):
    """Connections up to the limit, busy and open."""
    return [lab.open(lab.web, client=clients[number % len(clients)]).talk() for number in range(LIMIT)]


def let_go(lab, host, connections):
    """Some end; what counts them has noticed."""
    for connection in connections:
        connection.close()
        port = connection.key[0][1]
        wait.until(lambda port=port: not open_at(host, port), "a connection counts no more")


def open_at(host, port):
    return any(f"sport={port} " in line and "ESTABLISHED" in line
               for line in host.run("conntrack", "-L", "-p", "tcp").splitlines())


def limit_clients(lab, host, chain):
    """At most LIMIT open connections for each client, by iptables."""
    lab.iptables(host, f"-A {chain} -p tcp --syn --dport {lab.web} -m connlimit --connlimit-above {LIMIT} "
                 "-j REJECT --reject-with tcp-reset")


@scenario("""The router lets each client have three connections to a port and refuses the next; another
          client is served meanwhile, and the first one again once it has ended one.""", points=BOTH,
          v6=True, needs=NEEDS)
def connlimit_router(lab):
    lab.listen(lab.ssh, lab.web)
    limit_clients(lab, lab.router, "FORWARD")
    held = fill(lab)
    for _ in range(2):
        lab.expect(lab.refused(lab.web), "refused-in-path", *REFUSED, "third-party", points=("client",),
                   cause=BY_ROUTER)
        lab.chat(lab.web, client=1)
        lab.chat(lab.ssh)
    let_go(lab, lab.router, held[:1])
    lab.chat(lab.web)
    for connection in held[1:]:
        connection.talk().close()


@scenario("""The server's own packet filter lets each client have three connections to a port and refuses
          the next; another client is served meanwhile, and the first one again once it has ended one.""",
          v6=True, needs=NEEDS)
def connlimit_host(lab):
    lab.listen(lab.ssh, lab.web)
    limit_clients(lab, lab.server, "INPUT")
    held = fill(lab)
    for _ in range(3):
        lab.expect(lab.refused(lab.web), "port-flapping", *REFUSED)
        lab.chat(lab.web, client=1)
        lab.chat(lab.ssh)
    let_go(lab, lab.server, held[:1])
    lab.chat(lab.web)
    for connection in held[1:]:
        connection.talk().close()


@scenario("""The router lets a port have three connections at a time in all (nft ct count) and refuses
          whoever comes next.""", near_ms=15, far_ms=1, needs=NEEDS)
def connlimit_router_all(lab):
    lab.listen(lab.ssh, lab.web)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.web} tcp flags & (syn | ack) == syn "
                  f"ct count over {LIMIT} reject with tcp reset"):
        held = fill(lab, (0, 1, 2))
        for number in (2, 0):
            lab.expect(lab.refused(lab.web, client=number), "refused-in-path", *REFUSED, "third-party",
                       cause=BY_ROUTER)
            lab.chat(lab.ssh, client=number)
        let_go(lab, lab.router, held[1:])
        lab.chat(lab.web, client=2)
        held[0].talk().close()


@scenario("""The server's own packet filter lets a port have three connections at a time in all (nft ct
          count) and refuses whoever comes next.""", points=BOTH, needs=NEEDS)
def connlimit_host_all(lab):
    lab.listen(lab.ssh, lab.web)
    with lab.rule(lab.server, "input", f"tcp dport {lab.web} tcp flags & (syn | ack) == syn "
                  f"ct count over {LIMIT} reject with tcp reset"):
        held = fill(lab, (0, 1, 2))
        for number in (2, 0, 1):
            lab.expect(lab.refused(lab.web, client=number), "port-flapping", *REFUSED)
            lab.chat(lab.ssh, client=number)
        let_go(lab, lab.server, held[1:])
        lab.chat(lab.web, client=2)
        held[0].talk().close()
