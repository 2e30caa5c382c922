# The application takes connections too slowly and its accept queue (listen(2)) runs full.
# SPDX-License-Identifier: GPL-2.0-or-later
"""A SYN is taken while there is room in the queue; so of several handshakes at once, some complete when
there is none left.  With tcp_abort_on_overflow=1 the kernel resets these.  Without, it repeats the SYN/ACK
until the half-open connection expires, and only then answers what the client sends by a RST."""

from lab import wait
from lab.kernel import counters
from lab.lab import abort_on_close, until_reset
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario

ROOM = 3  # connections in the queue of listen(2)
LONGER_S = 30
OVERFLOW = ("accept-queue-full", "no-state")


def setup(lab, cookies=0, abort=0, synack_retries=1):
    for key, value in (("tcp_syncookies", cookies), ("tcp_abort_on_overflow", abort),
                       ("tcp_synack_retries", synack_retries)):
        lab.server.sysctl(f"net.ipv4.{key}", value)
    lab.listen(lab.ssh)
    lab.listen(lab.web, backlog=ROOM - 1)
    lab.chat(lab.web, lab.ssh)


def overflow(lab, burst=3):
    """Connections that the queue holds, the last of them from a burst of handshakes, and the rest of it."""
    waiting = [lab.open(lab.web, client=number).request() for number in range(ROOM - 1)]
    last = [lab.dial(lab.web, client=number % 3).start() for number in range(burst)]
    for connection in last:
        connection.until_connected()
    return [*waiting, last[0].request()], last[1:]


def serve(lab, connections):
    """The application has time again and takes these, in whatever order they come."""
    listener = lab.listeners[connections[0].key[1]]
    taken = {peer[:2]: lab.keep(sock) for sock, peer in (listener.accept() for _ in connections)}
    for connection in connections:
        connection.server = taken[connection.key[0]]
        connection.server.settimeout(wait.PATIENCE_S)
        connection.read_request().respond().read_answer().close()


def until_forgotten(lab):
    """The server's half-open connections expire."""
    wait.until(lambda: not lab.server.run("ss", "-Htan", "state", "syn-recv"), "half-open connections expire",
               LONGER_S)


def expect_overflow(lab, connections, stage, **said):
    for connection in connections:
        connection.client.settimeout(LONGER_S)
        until_reset(connection.client)
        lab.expect(connection, "accept-queue-full", stage, "server RST", **said)


@scenario("""The accept queue is full when two of three handshakes complete; the kernel ignores their ACKs
          and requests, repeats its SYN/ACK, forgets them, and rejects the next repetition of the request.
          Other clients hang; another port works.""", points=BOTH, v6=True)
def accept_queue_ignored(lab):
    setup(lab)
    held, over = overflow(lab)
    for connection in over:
        connection.request()
    lab.chat(lab.ssh, client=1)
    expect_overflow(lab, over, "request-sent", cause=OVERFLOW)
    serve(lab, held)
    lab.chat(lab.web, lab.ssh)


@scenario("""The same while the server repeats its SYN/ACK twice, and a SYN is dropped meanwhile until the
          application has time again.""", points=("server",))
def accept_queue_ignored_longer(lab):
    setup(lab, synack_retries=2)
    held, over = overflow(lab, burst=2)
    over[0].request()
    waiting = lab.dial(lab.web, client=2).start()
    expect_overflow(lab, over, "request-sent")
    serve(lab, held)
    waiting.until_connected().talk().close()
    lab.chat(lab.web)


@scenario("""The accept queue is full when two of three handshakes complete; these clients wait for the
          server to speak first and say something only when the kernel has forgotten them.""", v6=True)
def accept_queue_forgotten(lab):
    setup(lab)
    held, over = overflow(lab)
    lab.chat(lab.ssh, client=2)
    until_forgotten(lab)
    for connection in over:
        connection.request()
    expect_overflow(lab, over, "request-sent", cause=OVERFLOW)
    serve(lab, held)
    lab.chat(lab.web)


@scenario("""The accept queue is full when two of three handshakes complete, but the application takes
          connections again before the kernel gives up on them: all are served, nothing is reset.""", v6=True)
def accept_queue_recovers(lab):
    setup(lab, synack_retries=3)
    held, over = overflow(lab)
    for connection in over:
        connection.request()
    lab.fence()
    serve(lab, held)
    serve(lab, over)
    lab.chat(lab.web)


@scenario("""The accept queue is full when two of three handshakes complete, and tcp_abort_on_overflow=1 has
          the kernel reset them; the held clients hang, a SYN is dropped, and all of these are served when the
          application has time again.""", v6=True, clients=(FULL, NO_TIMESTAMPS))
def accept_queue_aborted(lab):
    setup(lab, abort=1)
    held, over = overflow(lab)
    expect_overflow(lab, over, "handshake-done", cause=OVERFLOW)
    waiting = lab.dial(lab.web, client=2).start()
    lab.chat(lab.ssh)
    lab.fence()
    serve(lab, held)
    waiting.until_connected().talk().close()
    lab.chat(lab.web)


@scenario("""The same with clients that send their requests at once, each of which is rejected as well.""")
def accept_queue_aborted_with_request(lab):
    setup(lab, abort=1)
    held, over = overflow(lab, burst=2)
    over[0].request()
    lab.until_resets(lab.server, 2)
    expect_overflow(lab, over, "request-sent", cause=OVERFLOW)
    lab.chat(lab.ssh)
    serve(lab, held)
    lab.chat(lab.web)


@scenario("""The accept queue runs full again and again, and each time tcp_abort_on_overflow=1 has the
          kernel reset whom it has no room for, of any client; in between all are served.""")
def accept_queue_aborted_again(lab):
    setup(lab, abort=1)
    for _ in range(3):
        held, over = overflow(lab)
        expect_overflow(lab, over, "handshake-done", cause=OVERFLOW)
        serve(lab, held)
        lab.chat(lab.web, client=1)


@scenario("""The accept queue runs full while the server runs on SYN cookies: even with
          tcp_abort_on_overflow=1 the ACKs and requests are dropped in silence, until the application has
          time again and a repeated request is served; nothing is reset.""", v6=True,
          clients=(FULL, NO_TIMESTAMPS))
def accept_queue_cookies(lab):
    setup(lab, cookies=2, abort=1)
    held, over = overflow(lab)
    for connection in over:
        connection.request()
    lab.fence()
    serve(lab, held)
    serve(lab, over)
    lab.chat(lab.web)


@scenario("""The accept queue runs full while the server runs on SYN cookies; a client whose requests are
          dropped in silence gives up (SO_LINGER 0).""")
def accept_queue_cookies_client_gives_up(lab):
    setup(lab, cookies=2, abort=1)
    held, over = overflow(lab)
    for connection in over:
        connection.request()
    wait.until(lambda: counters(lab.client)["TcpRetransSegs"] >= 2 * len(over), "both repeat their requests")
    for connection in over:
        abort_on_close(connection.client)
        lab.expect(connection, "client-abort", "request-sent", "client RST+ACK",
                   cause=("client-abort", "peer-vanished"))
    lab.fence()
    serve(lab, held)
    lab.chat(lab.web)


@scenario("""The accept queue runs full in a burst that also fills the queue of half-open connections:
          tcp_abort_on_overflow=1 has the kernel reset two clients, and those that it had answered by cookies
          are ignored in silence until the application has time again.""", points=BOTH)
def accept_queue_partly_cookies(lab):
    setup(lab, cookies=1, abort=1)
    held, over = overflow(lab, burst=5)
    expect_overflow(lab, over[:2], "handshake-done", cause=OVERFLOW)
    for connection in over[2:]:
        connection.request()
    serve(lab, held)
    serve(lab, over[2:])
    lab.chat(lab.web)
