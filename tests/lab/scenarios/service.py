# What a service does to its clients as a whole: fails all of them, refuses some, loses a worker, restarts.
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import subprocess
import sys

from lab import wait
from lab.lab import abort_on_close, until_reset
from lab.scenario import BOTH, scenario
from lab.scenarios.server import DYING_SERVER

FAILING = ("service-failing", "app-reject")
REFUSED = ("client-refused", "app-reject")


def throw_out(lab, **which):
    """The application takes a client and throws it out at once (SO_LINGER 0)."""
    connection = lab.open(lab.web, **which).accept()
    abort_on_close(connection.server)
    until_reset(connection.client)
    return connection


def ignore(lab, **which):
    """The application takes a client and closes without having read its request."""
    connection = lab.open(lab.web, **which).request().accept()
    wait.until_readable(connection.server, "the request")
    connection.server.close()
    until_reset(connection.client)
    return connection


@scenario("""From one moment on the application closes on every client with the request unread, whichever host
          the client is on; the host's other port works.""", points=BOTH, v6=True)
def service_failing_two_hosts(lab):
    lab.listen(lab.ssh, lab.web)
    far = {"host": lab.second_client}
    for which in ({}, far, {"client": 1}, far, {"client": 2}):
        lab.chat(lab.web, **which)
    for which in (far, {}, {"client": 1}, far, {"client": 2}, {}):
        connection = ignore(lab, **which)
        lab.expect(connection, "service-failing", "request-sent", "server RST+ACK", cause=FAILING,
                   points=("server",) if which is far else BOTH)
        lab.chat(lab.ssh, **which)


@scenario("""The application cannot serve anybody and throws out every client it accepts (SO_LINGER 0); the
          recording starts when it is failing already. The host's other ports work.""", v6=True)
def service_failing_from_start(lab):
    lab.listen(lab.ssh, lab.mail, lab.web)
    for client in (0, 1, 2, 1, 0, 2):
        lab.expect(throw_out(lab, client=client), "service-failing", "handshake-done", "server RST+ACK",
                   cause=FAILING)
        lab.chat(lab.ssh, lab.mail, client=client)


@scenario("""The recording starts when the application is failing already: it closes on everybody, the request
          unread. The host's other port works; clients are on two hosts.""", points=("server",))
def service_failing_from_start_unread(lab):
    lab.listen(lab.ssh, lab.web)
    for which in ({}, {"host": lab.second_client}, {"client": 1}, {"client": 2}, {"host": lab.second_client}):
        lab.expect(ignore(lab, **which), "service-failing", "request-sent", "server RST+ACK", cause=FAILING)
        lab.chat(lab.ssh, **which)


@scenario("""The service has a single client. It is served until, from one moment on, the application throws
          it out each time (SO_LINGER 0); the host's other port works.""", points=BOTH)
def service_failing_one_client(lab):
    lab.listen(lab.ssh, lab.web)
    lab.chat(lab.web, lab.ssh, lab.web, lab.web, lab.web)
    for _ in range(5):
        lab.expect(throw_out(lab), "service-failing", "handshake-done", "server RST+ACK", cause=FAILING)
    lab.chat(lab.ssh)


@scenario("""From one moment on the application throws out every client (SO_LINGER 0) while its request is on
          its way: a second, bare RST answers the request.""")
def service_failing_in_flight(lab):
    lab.listen(lab.ssh, lab.web)
    for client in (0, 1, 2, 0, 1):
        lab.chat(lab.web, client=client)
    for count, client in enumerate((1, 2, 0, 1, 2), 1):
        connection = lab.open(lab.web, client=client).accept().request()
        abort_on_close(connection.server)
        lab.until_resets(lab.server, 2 * count)
        lab.expect(connection, "service-failing", "request-sent", "server RST+ACK", cause=FAILING)
        lab.chat(lab.ssh, client=client)


@scenario("""For a while the application throws out every client (SO_LINGER 0); before and after, it serves
          them all.""")
def service_failing_for_a_while(lab):
    lab.listen(lab.ssh, lab.web)
    for client in (0, 1, 2, 0):
        lab.chat(lab.web, client=client)
    for client in (2, 1, 0, 2):
        lab.expect(throw_out(lab, client=client), "service-failing", "handshake-done", "server RST+ACK",
                   cause=FAILING)
        lab.chat(lab.ssh, client=client)
    for client in (0, 1, 2):
        lab.chat(lab.web, client=client)


@scenario("""The application's access policy is about networks: every client of one is thrown out (SO_LINGER
          0), in between clients of others are served.""", points=BOTH, v6=True)
def client_refused_network(lab):
    lab.listen(lab.web)
    for client in (1, 2, 1, 2, 2, 1):
        lab.chat(lab.web)
        lab.expect(throw_out(lab, client=client), "client-refused", "handshake-done", "server RST+ACK",
                   cause=REFUSED)
        lab.chat(lab.web, host=lab.second_client)


@scenario("""The application's access policy is about one address: it closes on it with the request unread
          each time, and serves all others in between.""", v6=True)
def client_refused_address(lab):
    lab.listen(lab.web)
    for client in (0, 1, 1, 0):
        lab.chat(lab.web, client=client)
        lab.expect(ignore(lab, client=2), "client-refused", "request-sent", "server RST+ACK", cause=REFUSED)


@scenario("""The application refuses one host (SO_LINGER 0) at every of its ports and serves the other host's
          clients in between.""", points=("server",))
def client_refused_host(lab):
    lab.listen(lab.web, lab.alt)
    for client, port in ((0, lab.web), (1, lab.alt), (2, lab.web), (0, lab.alt), (1, lab.web)):
        lab.chat(port, client=client)
        connection = lab.open(port, host=lab.second_client).accept()
        abort_on_close(connection.server)
        until_reset(connection.client)
        lab.expect(connection, "client-refused", "handshake-done", "server RST+ACK", cause=REFUSED)


@contextlib.contextmanager
def replaced_worker(lab, connections):
    """A worker that holds so many connections is killed at the end; a new one has the port by then, too."""
    worker = lab.start(lab.server, sys.executable, DYING_SERVER, str(lab.address(lab.server)), str(lab.web),
                       str(connections), stdout=subprocess.PIPE)
    wait.until_line(worker, worker.stdout, "ready")
    yield
    wait.until_line(worker, worker.stdout, "full")
    lab.fence()
    lab.listen(lab.web, shared=True)
    worker.kill()


@scenario("""A worker hangs with five connections whose requests it has not read; a new one opens the same
          port (SO_REUSEPORT) and the old one is killed: the five are reset at once, and the port keeps
          serving.""", points=BOTH, v6=True)
def worker_replaced(lab):
    with replaced_worker(lab, 5):
        connections = [lab.open(lab.web, client=number % 3).request() for number in range(5)]
    for connection in connections:
        until_reset(connection.client)
        lab.expect(connection, "process-gone", "request-sent", "server RST+ACK")
    for client in (0, 1, 2):
        lab.chat(lab.web, client=client)


@scenario("""A worker that holds busy and idle connections of clients on two hosts is killed while another has
          the port, too (SO_REUSEPORT): those with unread requests are reset at once, the idle ones end by
          FIN, and the port keeps serving.""", points=BOTH)
def worker_killed_idle_too(lab):
    lab.listen(lab.ssh)
    lab.chat(lab.ssh)
    with replaced_worker(lab, 7):
        idle = [lab.open(lab.web, client=number) for number in range(2)]
        near = [lab.open(lab.web, client=number).request() for number in range(3)]
        far = [lab.open(lab.web, host=lab.second_client).request() for _ in range(2)]
    for connections, points in ((near, BOTH), (far, ("server",))):
        for connection in connections:
            until_reset(connection.client)
            lab.expect(connection, "process-gone", "request-sent", "server RST+ACK", points=points)
    for connection in idle:
        connection.client.close()
    lab.fence()
    lab.chat(lab.web, lab.web, client=1)


@scenario("""A service is restarted while two connections wait in its queue: they are reset, clients are
          refused until it listens again, and then it serves as before.""", points=BOTH, v6=True)
def listener_restarted(lab):
    lab.listen(lab.ssh)
    listener = lab.listen(lab.web)
    for client in (0, 1, 2):
        lab.chat(lab.web, client=client)
    waiting = [lab.open(lab.web, client=client).request() for client in (0, 1)]
    lab.fence()
    listener.close()
    for connection in waiting:
        until_reset(connection.client)
        lab.expect(connection, "listener-gone", "request-sent", "server RST+ACK",
                   cause=("listener-gone", "process-gone"))
    for client in (2, 0):
        lab.expect(lab.refused(lab.web, client=client), "port-flapping", "syn-sent", "server RST+ACK",
                   cause=("port-flapping", "listener-gone"))
    lab.chat(lab.ssh)
    lab.listen(lab.web)
    for client in (1, 0, 2):
        lab.chat(lab.web, client=client)


@scenario("""A service with connections open is stopped: those it serves go on, clients that come later are
          refused, up to the end of the recording.""", points=BOTH)
def listener_stopped(lab):
    lab.listen(lab.ssh)
    listener = lab.listen(lab.web)
    served = [lab.open(lab.web, client=client).talk() for client in (0, 1)]
    lab.fence()
    listener.close()
    for client in (2, 0, 1):
        lab.expect(lab.refused(lab.web, client=client), "listener-gone", "syn-sent", "server RST+ACK",
                   cause=("listener-gone", "port-flapping"))
    for connection in served:
        connection.talk().close()
    lab.chat(lab.ssh)
