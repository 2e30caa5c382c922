# Captures that hold a part of what happened: one way only, from the midst on, or up to there.
# SPDX-License-Identifier: GPL-2.0-or-later
"""What looks unanswered in some of these is not: whoever calls it a failure is wrong."""

from lab import hang
from lab.scenario import BOTH, scenario
from lab.scenarios.silent_filter import start
from lab.scenarios.silent_peer import GONE, cut_off, keep_alive


def converse(lab):
    """Ordinary connections, one with a long answer, one that stays open."""
    lab.listen(lab.web, lab.ssh)
    kept = lab.open(lab.web, client=2).talk()
    lab.chat(lab.web, lab.ssh)
    lab.open(lab.web, client=1).say("client", lab.said.request).say("server", lab.said.long_answer).close("server")
    kept.talk()
    lab.chat(lab.web, first="server")


@scenario("""Ordinary connections, of which the capture holds the client's packets only.""", v6=True)
def view_of_client_only(lab):
    lab.one_way = "client"
    converse(lab)


@scenario("""Ordinary connections, of which the capture holds the server's packets only.""", points=("server",))
def view_of_server_only(lab):
    lab.one_way = "server"
    converse(lab)


@scenario("""A port is filtered and others work, but the capture holds the client's packets only: its later ACKs prove
          that the others are answered.""")
def view_of_client_only_filtered(lab):
    lab.one_way = "client"
    hang.limit(lab.client)
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.server, "input", f"tcp dport {lab.web} counter drop"):
        lost = start(lab, 0, 1)
        lab.chat(lab.ssh)
        lab.chat(lab.ssh, client=1)
        hang.until_given_up(*lost)
    for connection in lost:
        lab.expect_silence(connection, "port-filtered", "syn-sent", cause=("port-filtered", "no-answer"))


@scenario("""The capture begins in the midst of connections that are well: requests, answers and keep-alives.""",
          points=BOTH)
def view_begins_late(lab):
    lab.listen(lab.web)
    kept = [lab.open(lab.web, client=number).talk() for number in (0, 1)]
    idle = lab.open(lab.web, client=2).talk()
    keep_alive(idle.client)
    lab.fence()
    lab.begin_capture()
    for connection in kept:
        connection.talk()
    hang.pass_time(3)
    for connection in kept:
        connection.talk().close()


@scenario("""The capture begins in the midst of two connections, whose path breaks: their requests are repeated in
          vain.""", v6=True)
def view_begins_late_peer_gone(lab):
    hang.limit(lab.client, data=5)
    lab.listen(lab.web, lab.ssh)
    lost = [lab.open(lab.web, client=number).talk() for number in (0, 1)]
    lab.fence()
    lab.begin_capture()
    lost[0].talk()
    with cut_off(lab, *lost):
        for connection in lost:
            connection.request()
        lab.chat(lab.ssh)
        hang.until_repeated(lost[1], 4)
        lab.chat(lab.web)
        lab.end_capture()
    for connection in lost:
        lab.expect_silence(connection, "peer-vanished", "midstream", cause=GONE)


@scenario("""The capture ends when a SYN, a request and a part of a long answer have just been sent.""", v6=True,
          points=BOTH, far_ms=40)
def view_ends_early(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    reading = lab.open(lab.web, client=1).request().read_request()
    asking = lab.open(lab.web)
    reading.respond(lab.said.long_answer)
    asking.request()
    lab.dial(lab.web, client=2).start()
    hang.pass_time(0.03)
    lab.end_capture()
    lab.fence()


@scenario("""The capture ends while the server works on two requests, 1 s after they came; other answers took as
          long.""")
def view_ends_before_answer(lab):
    lab.listen(lab.web)
    for number in (0, 1):
        slow = lab.open(lab.web, client=number).request().read_request()
        hang.pass_time(2)
        slow.respond().read_answer().close()
    for number in (0, 1):
        lab.open(lab.web, client=number).request().read_request()
    hang.pass_time(1)
    lab.end_capture()
