# A monitor polls the server at a steady pace and ends each poll by a reset; not all that is periodic is one.
# SPDX-License-Identifier: GPL-2.0-or-later

import time

from lab import wait
from lab.lab import abort_on_close, until_reset
from lab.scenario import BOTH, scenario

POLL = b"PING 7\r\n"
POLLS = 6
JITTER = (0, 0.1, -0.1, 0.05, -0.15, 0.1)  # of the pace


class Pace:
    """The monitor's clock: a poll is due every so often, whatever the last one took."""

    def __init__(self, lab, jitter=None):
        self.every_s = 0.4 * lab.setting.far_times
        self.jitter = jitter or (0,)
        self.began, self.polls = time.monotonic(), 0

    def until_due(self):
        due = self.began + self.every_s * (self.polls + self.jitter[self.polls % len(self.jitter)])
        self.polls += 1
        time.sleep(max(0, due - time.monotonic()))


def poll(lab, port, say=None):
    """One poll of the monitor, which is the host that clients' captures are of."""
    connection = lab.open(port)
    if say:
        connection.request(say).read_request(say)
    abort_on_close(connection.client)
    until_reset(connection.accept().server)
    return connection


@scenario("""A monitor connects to a port at a steady pace and closes at once by RST (SO_LINGER 0); clients
          are served in between.""", points=BOTH, v6=True)
def health_connect(lab):
    lab.listen(lab.web)
    pace = Pace(lab)
    for _ in range(POLLS):
        pace.until_due()
        lab.expect(poll(lab, lab.web), "health-check", "handshake-done", "client RST+ACK")
        lab.chat(lab.web, client=1)


@scenario("""A monitor connects to a port at a steady pace, says the same every time and closes by RST without
          waiting for an answer; clients are served in between.""", points=BOTH, v6=True)
def health_payload(lab):
    lab.listen(lab.redis)
    pace = Pace(lab)
    for _ in range(POLLS):
        pace.until_due()
        lab.expect(poll(lab, lab.redis, POLL), "health-check", "request-sent", "client RST+ACK")
        lab.chat(lab.redis, client=1)


@scenario("""A monitor asks for an answer at a steady pace and closes by RST when it has it; clients that ask
          for more are served in between.""")
def health_answer(lab):
    lab.listen(lab.web)
    pace = Pace(lab)
    for _ in range(POLLS):
        pace.until_due()
        connection = lab.open(lab.web).request(POLL).read_request(POLL).say("server", b"+OK\r\n")
        abort_on_close(connection.client)
        until_reset(connection.server)
        lab.expect(connection, "health-check", "response-sent", "client RST+ACK",
                   cause=("health-check", "reset-as-close"))
        lab.chat(lab.web, client=1)


@scenario("""A monitor polls two ports of the server at a steady pace: connects, and closes by RST. Nobody
          else uses one of them.""", points=BOTH)
def health_two_ports(lab):
    lab.listen(lab.web, lab.mail)
    pace = Pace(lab)
    for _ in range(POLLS):
        pace.until_due()
        for port in (lab.web, lab.mail):
            lab.expect(poll(lab, port), "health-check", "handshake-done", "client RST+ACK")
        lab.chat(lab.web, client=1)


@scenario("""A monitor polls both addresses of a server at a pace that varies by up to 15 %: it connects, and
          closes by RST.""", v6=True)
def health_jitter(lab):
    for index in (0, 1):
        lab.listen(lab.web, index=index)
    pace = Pace(lab, JITTER)
    for _ in range(POLLS):
        pace.until_due()
        for server in (0, 1):
            connection = lab.open(lab.web, server=server)
            abort_on_close(connection.client)
            until_reset(connection.accept().server)
            lab.expect(connection, "health-check", "handshake-done", "client RST+ACK")
        lab.chat(lab.web, client=1)


@scenario("""Two monitors poll one port, each at its pace; only the one whose host is recorded is seen on the
          client's side.""", points=BOTH)
def health_two_monitors(lab):
    lab.listen(lab.web)
    pace = Pace(lab)
    for _ in range(POLLS):
        pace.until_due()
        lab.expect(poll(lab, lab.web), "health-check", "handshake-done", "client RST+ACK")
        connection = lab.open(lab.web, host=lab.second_client)
        abort_on_close(connection.client)
        until_reset(connection.accept().server)
        lab.expect(connection, "health-check", "handshake-done", "client RST+ACK", points=("server",))
        lab.chat(lab.web, client=1)


@scenario("""A poller asks at a steady pace, and the server's application closes on it with the request unread
          every time: that is the server's doing. Nobody else uses the port; another works.""", points=BOTH)
def poller_reset(lab):
    lab.listen(lab.ssh, lab.web)
    pace = Pace(lab)
    for _ in range(POLLS):
        pace.until_due()
        connection = lab.open(lab.web).request(POLL).accept()
        wait.until_readable(connection.server, "the request")
        connection.server.close()
        until_reset(connection.client)
        lab.expect(connection, "service-failing", "request-sent", "server RST+ACK",
                   cause=("service-failing", "app-reject"))
        lab.chat(lab.ssh, client=1)


@scenario("""A poller connects at a steady pace, and the server's application throws it out every time
          (SO_LINGER 0), but serves everybody else.""", v6=True)
def poller_refused(lab):
    lab.listen(lab.web)
    pace = Pace(lab)
    for _ in range(POLLS):
        pace.until_due()
        connection = lab.open(lab.web).accept()
        abort_on_close(connection.server)
        until_reset(connection.client)
        lab.expect(connection, "client-refused", "handshake-done", "server RST+ACK",
                   cause=("client-refused", "app-reject"))
        lab.chat(lab.web, client=1)


@scenario("A poller asks a port at a steady pace where nobody listens; another port works.", points=BOTH)
def poller_of_closed_port(lab):
    lab.listen(lab.web)
    pace = Pace(lab)
    for _ in range(POLLS):
        pace.until_due()
        lab.expect(lab.refused(lab.alt), "port-closed", "syn-sent", "server RST+ACK")
        lab.chat(lab.web, client=1)


@scenario("""A poller asks at a steady pace, gets its answer and closes in order: nothing is reset but one
          poll whose client aborts before the answer.""")
def poller_orderly(lab):
    lab.listen(lab.web)
    pace = Pace(lab)
    for number in range(POLLS):
        pace.until_due()
        if number == POLLS // 2:
            connection = lab.open(lab.web).request().read_request()
            abort_on_close(connection.client)
            until_reset(connection.server)
            lab.expect(connection, "client-abort", "request-sent", "client RST+ACK")
            continue
        lab.chat(lab.web)
