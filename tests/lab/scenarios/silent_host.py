# A host is down, or no route leads to it: none of its ports answers.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import hang
from lab.network import PREFIX_BITS, routes
from lab.scenario import BOTH, scenario

DEAD = 1  # index of the server's address where nobody is
GONE = ("peer-vanished", "host-silent", "no-answer")
SILENT = ("host-silent", "no-answer")


def knock(lab, *ports, clients=(0, 1)):
    """At each of these ports of the dead address."""
    return [lab.dial(port, client=number, server=DEAD).start() for port in ports for number in clients]


def dead(lab):
    return f"{lab.ip} daddr {lab.address(lab.server, DEAD)}"


@scenario("""A host is off: three of its ports are tried and none answers, while its neighbour works.""", v6=True,
          points=("client", "between"))
def host_off(lab):
    hang.limit(lab.client)
    lab.listen(lab.web, lab.ssh)
    lab.chat(lab.web)
    with lab.rule(lab.server, "prerouting", f"{dead(lab)} counter drop"):
        lost = knock(lab, lab.web, lab.ssh, lab.redis)
        hang.until_repeated(lost[0], 1)
        lab.chat(lab.web, lab.ssh)
        hang.until_given_up(*lost)
    for connection in lost:
        lab.expect_silence(connection, "host-silent", "syn-sent", cause=SILENT)


@scenario("""A host is off, and only one of its ports is tried: what else is with it cannot be seen.""")
def host_off_one_port(lab):
    hang.limit(lab.client, linear=4)
    lab.listen(lab.web)
    with lab.rule(lab.server, "prerouting", f"{dead(lab)} counter drop"):
        lost = knock(lab, lab.web)
        lab.chat(lab.web)
        hang.until_repeated(lost[1], 5)
        lab.end_capture()
    for connection in lost:
        lab.expect_silence(connection, "host-silent", "syn-sent",
                           cause=("host-silent", "no-answer", "port-filtered"))


def forget_neighbour(lab):
    """The host is off, and the router does not know where it was."""
    address = lab.address(lab.server, DEAD)
    lab.fence()
    lab.server.run("ip", "address", "delete", f"{address}/{PREFIX_BITS[lab.version]}", "dev", "eth0")
    lab.router.run("ip", "neighbour", "delete", str(address), "dev", "far")


@scenario("""A host is off and the router asks for it in vain (ARP, neighbour discovery); after 3 s it says so by ICMP
          (host or address unreachable), which ends the client's attempt.""", points=("client", "between"), v6=True)
def host_off_unresolved(lab):
    hang.limit(lab.client, syn=4)
    lab.listen(lab.web)
    lab.chat(lab.web)
    forget_neighbour(lab)
    lost = knock(lab, lab.web, lab.ssh, clients=(0,))
    hang.until_given_up(*lost)
    lab.chat(lab.web)
    for connection in lost:
        lab.expect_silence(connection, "host-silent", "syn-sent")


@scenario("""A host serves on two ports until it loses its power: the next request of an open connection is repeated
          in vain, and so are SYNs to any port. The neighbour works.""", points=BOTH, v6=True)
def host_dies(lab):
    hang.limit(lab.client, syn=2, data=4)
    lab.listen(lab.web, lab.ssh)
    lab.listen(lab.web, index=DEAD)
    lab.listen(lab.ssh, index=DEAD)
    lab.chat(lab.web, lab.ssh, server=DEAD)
    lab.chat(lab.web)
    old = lab.open(lab.web, server=DEAD).talk()
    sending = lab.open(lab.ssh, server=DEAD, client=1).talk()
    address = lab.address(lab.server, DEAD)
    with lab.rule(lab.router, "forward", f"{dead(lab)} counter drop", f"{lab.ip} saddr {address} counter drop"):
        old.request()
        sending.respond()
        lost = knock(lab, lab.web, lab.ssh)
        hang.until_repeated(sending, 4, "server")
        lab.chat(lab.web, lab.ssh)
        hang.until_given_up(old, *lost)
    lab.expect_silence(old, "host-silent", "response-sent", cause=GONE, points=("client",))
    lab.expect_silence(sending, "host-silent", "response-sent", "client", points=("server",),
                       cause=("peer-vanished", "no-answer"))
    for connection in lost:
        lab.expect_silence(connection, "host-silent", "syn-sent", cause=SILENT, points=("client",))


def lose_route(lab, kind):
    """The router's route to the dead address becomes one of this kind."""
    lab.fence()
    number = lab.setting.servers[DEAD]
    for line in routes("add", lab.setting.server_nets, [number], "far"):
        words = line.split()
        lab.router.run("ip", *words[:2], kind, words[2])


@scenario("""The router's route to a host leads into a black hole from some time on: an open connection hangs, and so
          do new ones, to any port. Its neighbour in the same net works.""", v6=True)
def route_blackhole(lab):
    hang.limit(lab.client, linear=4)
    lab.listen(lab.web, lab.ssh, index=DEAD)
    lab.listen(lab.web)
    lab.chat(lab.web, lab.ssh, server=DEAD)
    old = lab.open(lab.web, server=DEAD).talk()
    lose_route(lab, "blackhole")
    old.request()
    lost = knock(lab, lab.web, lab.ssh)
    lab.chat(lab.web)
    hang.until_repeated(lost[3], 4)
    hang.until_repeated(old, 5)
    lab.chat(lab.web)
    lab.end_capture()
    lab.expect_silence(old, "host-silent", "response-sent", cause=GONE)
    for connection in lost:
        lab.expect_silence(connection, "host-silent", "syn-sent", cause=SILENT)


@scenario("""The router loses its route to a host and says so by ICMP (host unreachable) for each segment of an open
          connection; the client's kernel does not take it for the end and repeats its request, without longer and
          longer intervals as far as an ICMP error answers each (RFC 6069).""",
          points=("client", "between"), v6=True)
def route_unreachable(lab):
    hang.limit(lab.client, data=5)
    lab.listen(lab.web, index=DEAD)
    lab.listen(lab.web)
    lab.chat(lab.web, server=DEAD)
    old = [lab.open(lab.web, server=DEAD, client=number).talk() for number in (0, 1)]
    lose_route(lab, "unreachable")
    for connection in old:
        connection.request()
    lab.chat(lab.web)
    hang.until_repeated(old[1], 4)
    hang.pass_time(3)
    lab.end_capture()
    for connection in old:
        lab.expect_silence(connection, "host-silent", "response-sent", cause=GONE)
