# A packet filter at the host or at the router drops segments, and nobody is told.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import hang
from lab.scenario import BOTH, EVERYWHERE, scenario
from lab.scenarios.handshake import third_ack
from lab.scenarios.path import request
from lab.silence import NOTHING

NEW = "tcp flags & (syn | ack) == syn"
NOTHING_FINER = ("no-answer", "peer-vanished")


def start(lab, *clients, port=None):
    return [lab.dial(port or lab.web, client=number).start() for number in clients]


@scenario("""The server's own packet filter drops SYNs to one port; another port of the host works for the same
          clients.""", points=BOTH, v6=True)
def filter_host_port(lab):
    hang.limit(lab.client)
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.server, "input", f"tcp dport {lab.web} counter drop"):
        lost = start(lab, 0, 1)
        lab.chat(lab.ssh)
        lab.chat(lab.ssh, client=1)
        hang.until_given_up(*lost)
        lab.chat(lab.ssh)
    for connection in lost:
        lab.expect_silence(connection, "port-filtered", "syn-sent")


@scenario("""The router's packet filter drops SYNs to two ports, which clients try again and again; a third port of
          the host works. The clients repeat their SYNs every second.""", points=("client", "between"), v6=True)
def filter_router_ports(lab):
    hang.limit(lab.client, linear=4)
    lab.listen(lab.web, lab.ssh, lab.redis)
    with lab.rule(lab.router, "forward", f"tcp dport {{ {lab.web}, {lab.redis} }} counter drop"):
        lab.chat(lab.ssh)
        lost = start(lab, 0, 2) + start(lab, 1, port=lab.redis)
        hang.until_repeated(lost[2], 4)
        lab.chat(lab.ssh, client=1)
        again = start(lab, 0)
        hang.until_repeated(again[0], 3)
        lab.chat(lab.ssh)
        lab.end_capture()
    for connection in lost + again:
        lab.expect_silence(connection, "port-filtered", "syn-sent")


@scenario("""A port serves its clients until the server's packet filter begins to drop SYNs to it; a connection from
          before goes on, and another port works.""", points=BOTH)
def filter_host_from_then_on(lab):
    hang.limit(lab.client)
    lab.listen(lab.web, lab.ssh)
    lab.chat(lab.web, lab.ssh)
    lab.chat(lab.web, client=1)
    old = lab.open(lab.web, client=2).talk()
    with lab.rule(lab.server, "input", f"tcp dport {lab.web} {NEW} counter drop"):
        lost = start(lab, 0, 1)
        old.talk()
        hang.until_repeated(lost[0], 1)
        lab.chat(lab.ssh)
        hang.until_given_up(*lost)
        old.talk().close()
    for connection in lost:
        lab.expect_silence(connection, "port-filtered", "syn-sent",
                           cause=("port-filtered", "syn-dropped", "accept-queue-full", "no-answer"))


@scenario("""The router's packet filter drops the SYNs of one client, to any port; the same ports serve others
          meanwhile.""", points=("client",), v6=True)
def filter_router_client(lab):
    hang.limit(lab.client)
    lab.listen(lab.web, lab.ssh)
    lab.chat(lab.web)
    barred = f"{lab.ip} saddr {lab.address(lab.client, 1)}"
    with lab.rule(lab.router, "forward", f"{barred} tcp flags & syn == syn counter drop"):
        lost = start(lab, 1) + start(lab, 1, port=lab.ssh)
        lab.chat(lab.web, lab.ssh)
        lab.chat(lab.web, client=2)
        hang.until_repeated(lost[1], 2)
        lab.chat(lab.web, lab.ssh)
        hang.until_given_up(*lost)
    for connection in lost:
        lab.expect_silence(connection, "syn-dropped", "syn-sent", cause=("syn-dropped", "no-answer"))


@scenario("""The router drops the SYN/ACKs of one port, and lets its SYNs pass; another port works.""", points=BOTH)
def filter_router_synack(lab):
    hang.limit(lab.client, syn=2)
    hang.limit(lab.server, syn_ack=2)
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", f"tcp sport {lab.web} counter drop"):
        lost = start(lab, 0, 1)
        lab.chat(lab.ssh)
        hang.until_given_up(*lost)
        lab.chat(lab.ssh)
    for connection in lost:
        lab.expect_silence(connection, "port-filtered", "syn-sent", points=("client",),
                           cause=("port-filtered", "no-answer"))
        lab.expect_silence(connection, "no-answer", "half-open", "client", points=("server",))


def lose_from_third_ack(lab, host, hook):
    """The connections whose server gets the SYN only."""
    lab.listen(lab.web, lab.ssh)
    lab.chat(lab.web, lab.ssh)
    with lab.rule(host, hook, f"{third_ack(lab)} counter drop"):
        lost = [lab.open(lab.web, client=number).request() for number in (0, 1)]
        lab.chat(lab.ssh)
        hang.until_repeated(lost[1], 4)
        hang.until_repeated(lost[1], 1, "server")
        lab.chat(lab.ssh, client=1)
        lab.end_capture()
    return lost


@scenario("""The router's packet filter lets SYNs to a port pass and drops what follows; the client takes the
          connection for open, and the server repeats its SYN/ACK.""", points=EVERYWHERE, v6=True)
def filter_router_third_ack(lab):
    for connection in lose_from_third_ack(lab, lab.router, "forward"):
        lab.expect_silence(connection, "no-answer", "request-sent", points=("client", "between"),
                           cause=("no-answer", "accept-queue-full", "peer-vanished"))
        lab.expect_silence(connection, "no-answer", "half-open", "client", points=("server",),
                           cause=NOTHING_FINER)


@scenario("""The server's own packet filter lets SYNs to a port pass and drops what follows: as with a full accept
          queue, it repeats its SYN/ACK although the client's answer arrives.""", points=BOTH)
def filter_host_third_ack(lab):
    for connection in lose_from_third_ack(lab, lab.server, "input"):
        lab.expect_silence(connection, "no-answer", "request-sent",
                           cause=("no-answer", "accept-queue-full", "peer-vanished"))


@scenario("""The server's own packet filter lets handshakes pass and drops the requests; another port works.""",
          points=BOTH, v6=True)
def filter_host_data(lab):
    lab.listen(lab.web, lab.ssh)
    lab.chat(lab.ssh)
    with lab.rule(lab.server, "input", f"{request(lab)} counter drop"):
        lost = [lab.open(lab.web, client=number).accept().request() for number in (0, 1)]
        lab.chat(lab.ssh)
        hang.until_repeated(lost[1], 4)
        lab.chat(lab.ssh)
        lab.end_capture()
    for connection in lost:
        lab.expect_silence(connection, "no-answer", "request-sent", cause=NOTHING_FINER)


@scenario("""The router drops the answers of a port (what it sends with payload), and lets its ACKs pass: the client
          sees its request acknowledged and no answer, the server repeats the answer in vain.""", points=BOTH)
def filter_router_answer(lab):
    lab.listen(lab.web, lab.ssh)
    lab.chat(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", f"tcp sport {lab.web} tcp flags & psh == psh counter drop"):
        lost = [lab.open(lab.web, client=number).request().read_request().respond() for number in (0, 1)]
        lab.chat(lab.ssh)
        hang.until_repeated(lost[1], 4, "server")
        lab.chat(lab.ssh)
        lab.end_capture()
    for connection in lost:
        lab.expect_silence(connection, "no-answer", "request-sent", points=("client",),
                           cause=("no-answer", "request-unanswered", "peer-vanished", NOTHING))
        lab.expect_silence(connection, "no-answer", "response-sent", "client", points=("server",),
                           cause=NOTHING_FINER)
