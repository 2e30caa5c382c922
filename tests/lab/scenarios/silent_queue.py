# The server has no room for a connection and says nothing: accept queue, half-open connections, SYN cookies, limits.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import hang
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario
from lab.scenarios.accept_queue import overflow, serve, setup
from lab.scenarios.handshake import third_ack
from lab.scenarios.silent_filter import NEW, start

IN_QUEUE = ("request-unanswered", "accept-queue-full")
FULL_QUEUE = ("accept-queue-full", "no-answer")
REFUSED_SYNS = ("accept-queue-full", "syn-dropped", "port-filtered", "no-answer")


def expect_in_queue(lab, connections):
    """These the kernel took, and nobody answers their requests."""
    for connection in connections:
        lab.expect_silence(connection, "request-unanswered", "request-sent", cause=IN_QUEUE)


@scenario("""The accept queue is full when two of three handshakes complete, and tcp_abort_on_overflow is 0: the kernel
          ignores their ACKs and requests and repeats its SYN/ACK. It drops a new client's SYN, too. Another port
          works; clients in the queue get their requests acknowledged, and no answer.""", points=BOTH, v6=True,
          clients=(FULL, NO_TIMESTAMPS))
def queue_full(lab):
    setup(lab, synack_retries=5)
    hang.limit(lab.client, syn=3)
    held, over = overflow(lab)
    for connection in over:
        connection.request()
    waiting = start(lab, 2)[0]
    hang.until_repeated(waiting, 2)
    lab.chat(lab.ssh, client=1)
    hang.until_repeated(over[1], 5)
    lab.end_capture()
    for connection in over:
        lab.expect_silence(connection, "accept-queue-full", "request-sent", cause=FULL_QUEUE)
    lab.expect_silence(waiting, "accept-queue-full", "syn-sent", cause=REFUSED_SYNS)
    expect_in_queue(lab, held)


@scenario("""The accept queue is full when two of three handshakes complete; these clients wait for the server to speak
          first, which only repeats its SYN/ACK.""", points=BOTH)
def queue_full_server_first(lab):
    setup(lab, synack_retries=5)
    held, over = overflow(lab)
    hang.pass_time(4)
    lab.chat(lab.ssh, client=1)
    hang.pass_time(4)
    lab.end_capture()
    for connection in over:
        lab.expect_silence(connection, "accept-queue-full", "handshake-done", cause=FULL_QUEUE, ignores=True)
    expect_in_queue(lab, held)


@scenario("""The application hangs: the kernel acknowledges the requests of those who still got into the accept queue,
          and when it is full drops every SYN. Another port works.""", points=BOTH, v6=True)
def application_hangs_queue_fills(lab):
    hang.limit(lab.client)
    lab.server.sysctl("net.ipv4.tcp_syncookies", 0)
    lab.listen(lab.ssh)
    lab.listen(lab.web, backlog=2)
    for number in (0, 1):
        lab.chat(lab.web, lab.ssh, client=number)
    taken = [lab.open(lab.web, client=number).request() for number in (0, 1, 2)]
    lost = start(lab, 0, 1)
    hang.until_repeated(lost[1], 1)
    lab.chat(lab.ssh)
    hang.until_given_up(*lost)
    lab.end_capture()
    expect_in_queue(lab, taken)
    for connection in lost:
        lab.expect_silence(connection, "accept-queue-full", "syn-sent", cause=REFUSED_SYNS)


@scenario("""The accept queue is full while the server runs on SYN cookies: the cookies of two clients are right, but
          their ACKs and requests are dropped, and no SYN/ACK is repeated.""", points=BOTH, v6=True,
          clients=(FULL, NO_TIMESTAMPS))
def queue_full_cookies(lab):
    setup(lab, cookies=2)
    held, over = overflow(lab)
    for connection in over:
        connection.request()
    lab.chat(lab.ssh)
    hang.until_repeated(over[1], 5)
    lab.chat(lab.ssh, client=1)
    lab.end_capture()
    for connection in over:
        lab.expect_silence(connection, "accept-queue-full", "request-sent",
                           cause=("accept-queue-full", "syn-cookie-dropped", "no-answer", "peer-vanished"))
    expect_in_queue(lab, held)


@scenario("""The accept queue is full for 3 s: SYN/ACKs and requests are repeated, a SYN is dropped, and then all are
          served.""", points=BOTH)
def queue_full_recovers_late(lab):
    setup(lab, synack_retries=5)
    hang.limit(lab.client, syn=4)
    held, over = overflow(lab)
    for connection in over:
        connection.request()
    waiting = start(lab, 2)[0]
    hang.until_repeated(waiting, 2)
    serve(lab, held)
    serve(lab, over)
    waiting.until_connected().talk().close()
    lab.chat(lab.web)


@scenario("""Half-open connections of one client fill the server's queue of them, and it keeps no cookies: the SYNs of
          others are dropped, the SYN/ACKs to the one repeated.""", points=BOTH)
def half_open_queue_full(lab):
    hang.limit(lab.client)
    hang.limit(lab.server, syn_ack=4)
    lab.server.sysctl("net.ipv4.tcp_syncookies", 0)
    lab.listen(lab.ssh)
    lab.listen(lab.web, backlog=4)
    lab.chat(lab.web, lab.ssh)
    second = f"{lab.ip} saddr {lab.address(lab.client, 1)}"
    with lab.rule(lab.client, "output", f"{second} {third_ack(lab)} counter drop"):
        half_open = [lab.open(lab.web, client=1) for _ in range(5)]
        lost = start(lab, 0, 2)
        hang.until_repeated(lost[0], 1)
        lab.chat(lab.ssh)
        hang.until_given_up(*lost)
        lab.end_capture()
    for connection in lost:
        lab.expect_silence(connection, "syn-dropped", "syn-sent", cause=REFUSED_SYNS)
    for connection in half_open:
        lab.expect_silence(connection, "no-answer", "half-open", "client", cause=("no-answer", "peer-vanished"))


@scenario("""The server's packet filter lets two SYNs of a client pass each minute and drops its others; other clients
          are served by the same port meanwhile.""", points=BOTH, v6=True)
def syns_limited(lab):
    hang.limit(lab.client)
    lab.listen(lab.web, lab.ssh)
    eager = f"{lab.ip} saddr {lab.address(lab.client, 1)}"
    with lab.rule(lab.server, "input", f"{eager} tcp dport {lab.web} {NEW} "
                  "limit rate over 1/minute burst 2 packets counter drop"):
        for _ in range(2):
            lab.chat(lab.web, client=1)
        lost = start(lab, 1, 1)
        lab.chat(lab.web)
        lab.chat(lab.web, client=2)
        lab.chat(lab.ssh, client=1)
        hang.until_repeated(lost[1], 1)
        lab.chat(lab.web)
        hang.until_given_up(*lost)
        lab.chat(lab.web, client=2)
    for connection in lost:
        lab.expect_silence(connection, "syn-dropped", "syn-sent", cause=("syn-dropped", "no-answer"))
