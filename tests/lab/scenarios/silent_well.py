# Controls: slow, idle or lossy connections that come to a good end.  Whoever calls one a failure is wrong.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import hang, wait
from lab.scenario import BOTH, scenario
from lab.scenarios.silent_application import MUCH, dial_small, listen_small
from lab.scenarios.silent_peer import keep_alive

LOSS_PERCENT = 30


@scenario("""The path loses 30 % of the packets, each way: SYNs, requests and answers are repeated, some of them often,
          and all get through in the end.""", points=BOTH, v6=True)
def well_despite_loss(lab):
    for host in (lab.client, lab.server):
        host.sysctl("net.ipv4.tcp_syn_linear_timeouts", 4)
    listener = lab.listen(lab.web)
    listener.settimeout(hang.PATIENCE_S)
    with lab.rule(lab.router, "forward",
                  f"meta l4proto tcp numgen random mod 100 < {LOSS_PERCENT} counter drop"):
        for number in (0, 1, 2):
            connection = lab.dial(lab.web, client=number)
            connection.client.settimeout(hang.PATIENCE_S)
            connection.connect().request().accept().server.settimeout(hang.PATIENCE_S)
            connection.read_request().respond(lab.said.long_answer[:6000]).read_answer(lab.said.long_answer[:6000])
            connection.close()
            hang.until_forgotten(connection)


@scenario("""Long poll: each answer comes some seconds after its request, on connections that are kept; in between
          nothing is said.""", v6=True)
def well_long_poll(lab):
    lab.listen(lab.web)
    polls = [lab.open(lab.web, client=number) for number in (0, 1)]
    for seconds in (6, 4):
        for connection in polls:
            connection.request().read_request()
        hang.pass_time(seconds)
        lab.chat(lab.web, client=2)
        for connection in polls:
            connection.respond().read_answer()
    for connection in polls:
        connection.close()


@scenario("""Connections idle after their answers, one silently, two with keep-alives of client or server, which are
          answered; then they go on.""", points=BOTH, v6=True)
def well_idle(lab):
    lab.listen(lab.web)
    idle = [lab.open(lab.web, client=number).talk() for number in (0, 1, 2)]
    keep_alive(idle[0].client)
    keep_alive(idle[1].server)
    hang.pass_time(6)
    lab.end_capture()


@scenario("""Connections that are opened in advance: their clients send nothing, neither do the servers, and they are
          closed after some seconds.""")
def well_opened_in_advance(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    waiting = [lab.open(lab.web, client=number).accept() for number in (0, 1)]
    hang.pass_time(5)
    for connection in waiting:
        connection.close()
    lab.chat(lab.web)


@scenario("""A slow reader: the server's window shuts for some seconds, is probed, and opens again; the upload comes to
          its end.""", points=BOTH)
def well_slow_reader(lab):
    listen_small(lab, lab.web)
    connection = lab.open(lab.web).accept()
    hang.fill(connection.client, MUCH[:32768])
    hang.pass_time(4)
    left = 32768
    while left:
        wait.until_readable(connection.server, "the rest of the upload")
        left -= len(connection.server.recv(8192))
    connection.client.settimeout(hang.PATIENCE_S)
    connection.respond().read_answer().close()


@scenario("""A slow client: its window shuts in the midst of a long answer and opens again some seconds later.""",
          v6=True)
def well_slow_client(lab):
    lab.listen(lab.web)
    connection = dial_small(lab, lab.web).request().read_request()
    answer = MUCH[:32768]
    hang.fill(connection.server, answer)
    hang.pass_time(3)
    connection.read_answer(answer)
    connection.server.settimeout(hang.PATIENCE_S)
    connection.close()


@scenario("""A server that dribbles: a few bytes of its answer each second.""")
def well_dribble(lab):
    lab.listen(lab.web)
    connection = lab.open(lab.web).request().read_request()
    answer = lab.said.answer
    size = len(answer) // 6 + 1
    for at in range(0, len(answer), size):
        connection.respond(answer[at:at + size])
        hang.pass_time(1)
    connection.read_answer().close()


@scenario("""A client that thinks: seconds pass between the handshake and the request, and between its parts.""")
def well_slow_request(lab):
    lab.listen(lab.web)
    connection = lab.open(lab.web).accept()
    request = lab.said.request
    hang.pass_time(3)
    connection.request(request[:20])
    hang.pass_time(4)
    connection.request(request[20:]).read_request().respond().read_answer().close()


@scenario("""The server is far away and its first SYN/ACK comes after the SYN's repetition (a way of 1.2 s): late, but
          all is well.""", near_ms=5, far_ms=600)
def well_far_away(lab):
    lab.listen(lab.web)
    for number in (0, 1):
        connection = lab.dial(lab.web, client=number)
        connection.client.settimeout(hang.PATIENCE_S)
        connection.connect().talk().close()
