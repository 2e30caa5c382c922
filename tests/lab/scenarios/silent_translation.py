# The router keeps state of connections or translates addresses, has no room for more, or has lost what it had.
# SPDX-License-Identifier: GPL-2.0-or-later
"""The size of the table of connections (nf_conntrack_max) is one for the whole machine and not to be set in a
namespace; a rule that counts connections (connlimit) stands in for it."""

from lab import hang
from lab.scenario import BOTH, scenario
from lab.scenarios.conntrack import NEEDS, flush
from lab.scenarios.silent_filter import NEW, start
from lab.scenarios.silent_peer import GONE

MASQUERADE = """
table inet translation {{
    chain postrouting {{
        type nat hook postrouting priority srcnat;
        oifname far meta nfproto {family} meta l4proto tcp snat {ip} to {address}:40000-40002
    }}
}}
"""
OTHER_WAY = """
table inet other {{
    chain first {{
        type filter hook prerouting priority raw;
        tcp dport {port} notrack;
    }}
}}
"""
STRICT = ("ct state established,related accept", f"{NEW} ct state new accept", "meta l4proto tcp counter drop")


@scenario("""The router translates all clients' addresses to one, for which it has three ports; while three connections
          to a server are open, SYNs to it find none and are dropped. The open ones work.""", points=BOTH, v6=True)
def translation_ports_exhausted(lab):
    hang.limit(lab.client)
    lab.listen(lab.web)
    lab.router.nft(MASQUERADE.format(family=f"ipv{lab.version}", ip=lab.ip, address=(
        f"[{lab.router.ports['far'].own(6)[0]}]" if lab.version == 6 else lab.router.ports["far"].own(4)[0])))
    kept = [lab.open(lab.web, client=number).talk() for number in (0, 1, 2)]
    lost = start(lab, 0, 1)
    kept[0].talk()
    hang.until_repeated(lost[1], 1)
    kept[1].talk()
    hang.until_given_up(*lost)
    for connection in kept:
        connection.talk().close()
    for connection in lost:
        lab.expect_silence(connection, "syn-dropped", "syn-sent", points=("client",),
                           cause=("syn-dropped", "no-answer", "accept-queue-full"))


@scenario("""The router lets 4 connections be open at a time and drops SYNs beyond, to any port, as when its table of
          connections is full; the open ones work, and when one has ended a new one is let pass.""", v6=True)
def table_full(lab):
    hang.limit(lab.client, syn=4)
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", "ct state established accept", f"{NEW} ct count over 4 counter drop"):
        lab.router.sysctl("net.netfilter.nf_conntrack_tcp_timeout_time_wait", 0)
        kept = [lab.open(port, client=number).talk() for number in (0, 1) for port in (lab.web, lab.ssh)]
        lost = start(lab, 0, 2) + start(lab, 1, port=lab.ssh)
        kept[0].talk()
        hang.until_repeated(lost[1], 2)
        kept[2].talk()
        hang.until_repeated(lost[0], 3)
        for connection in kept:
            connection.talk()
        lab.end_capture()
    for connection in lost:
        lab.expect_silence(connection, "syn-dropped", "syn-sent",
                           cause=("syn-dropped", "host-silent", "no-answer", "accept-queue-full"))


@scenario("""A stateful firewall at the router loses its state (restart, failover) and drops what belongs to no
          connection it knows: requests of open connections, while new connections work.""", points=BOTH, v6=True,
          needs=NEEDS)
def state_lost_dropped(lab):
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", *STRICT):
        lab.router.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
        lab.chat(lab.web, lab.ssh)
        used, fresh = lab.open(lab.web).talk(), lab.open(lab.web, client=1).accept()
        flush(lab)
        used.request()
        fresh.request()
        lab.chat(lab.web, lab.ssh)
        hang.until_repeated(used, 4)
        lab.chat(lab.web, client=1)
        lab.end_capture()
    lab.expect_silence(used, "peer-vanished", "response-sent", cause=GONE, points=("client",))
    lab.expect_silence(fresh, "no-answer", "request-sent", cause=GONE, points=("client",))


@scenario("""The router's firewall never saw the SYN, which took another way, and drops the SYN/ACK as invalid; what
          goes both ways through it works.""", points=BOTH, v6=True, needs=NEEDS)
def asymmetric_way(lab):
    hang.limit(lab.client)
    hang.limit(lab.server, syn_ack=2)
    lab.listen(lab.web, lab.ssh)
    lab.router.nft(OTHER_WAY.format(port=lab.web))
    lab.router.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    with lab.rule(lab.router, "forward", "ct state invalid counter drop"):
        lost = start(lab, 0, 1)
        lab.chat(lab.ssh)
        hang.until_given_up(*lost)
        lab.chat(lab.ssh, client=1)
    for connection in lost:
        lab.expect_silence(connection, "no-answer", "syn-sent", points=("client",),
                           cause=("no-answer", "port-filtered"))
        lab.expect_silence(connection, "no-answer", "half-open", "client", points=("server",))
