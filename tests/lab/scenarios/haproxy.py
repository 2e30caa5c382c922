# haproxy: in front of a server it throws clients out; in front of the network it checks servers.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import daemon, wait
from lab.lab import abort_on_close, talk_on, until_closed, until_reset
from lab.scenario import BOTH, scenario
from lab.scenarios.probes import check_health

BALANCER = """
defaults
    mode tcp
    timeout connect 2s
    timeout client 20s
    timeout server 20s
    retries 0
frontend front
    bind {address}:{port} {bind}
    {rules}
    default_backend back
backend back
    server one {backend}
"""
NEEDS = ("haproxy",)


def loopback(lab):
    return "127.0.0.1" if lab.version == 4 else "::1"


def behind(lab, port):
    """The application on the loopback interface that answers, as if it had the port itself, what a daemon
    takes there and hands on; returns where that finds it."""
    listener = lab.socket(lab.server)
    listener.bind((loopback(lab), 0))
    listener.listen()
    lab.listeners[str(lab.address(lab.server)), port] = listener
    return "{}:{}".format(*listener.getsockname()[:2])


def balance(lab, *rules, port=None, bind="", backend=None):
    """haproxy serves the server's web port, or another, for an application behind it or for what refuses."""
    port = port or lab.web
    config = daemon.configure(lab, "haproxy.cfg", BALANCER, address=lab.address(lab.server), port=port,
                              bind=bind, rules="\n    ".join(rules),
                              backend=backend or behind(lab, port))
    daemon.serve(lab, "haproxy", "-db", "-f", config, ports=[port])


@scenario("""haproxy in front of the server throws out one client by its address before anything is said
          (tcp-request connection reject); the others are served.""", points=BOTH, v6=True, needs=NEEDS)
def haproxy_connection_reject(lab):
    balance(lab, f"tcp-request connection reject if {{ src {lab.address(lab.client)} }}")
    lab.listen(lab.ssh)
    for _ in range(2):
        lab.chat(lab.web, client=1)
        connection = lab.open(lab.web)
        until_reset(connection.client)
        lab.expect(connection, "client-refused", "handshake-done", "server RST+ACK",
                   cause=("client-refused", "app-reject"))
        lab.chat(lab.ssh)
        lab.chat(lab.web, client=2)


@scenario("""haproxy limits how often a client may connect: it serves one twice, then throws it out before it
          has read what was asked, and serves the others.""", points=BOTH, needs=NEEDS)
def haproxy_rate_limit(lab):
    balance(lab, "stick-table type ip size 10 expire 60s store conn_cnt",
            "tcp-request connection track-sc0 src", "tcp-request connection reject if { sc0_conn_cnt gt 2 }")
    lab.chat(lab.web, lab.web)
    for client in (1, 2):
        lab.chat(lab.web, client=client)
        connection = lab.dial(lab.web).connect_and_ask()
        until_reset(connection.client)
        lab.expect(connection, "client-refused", "request-sent", "server RST+ACK",
                   cause=("client-refused", "app-reject"))


def forbidden(lab):
    """The setting's request, with a method that is not wanted."""
    return b"HEAD" + lab.said.request[lab.said.request.index(b" "):]


@scenario("""haproxy reads the request and closes because of what it says (tcp-request content reject): a FIN
          only. One client closes, too; one sends on and gets a RST.""", points=BOTH, needs=NEEDS)
def haproxy_content_reject(lab):
    balance(lab, "tcp-request inspect-delay 10s",
            "tcp-request content reject if { req.payload(0,4) -m str HEAD }")
    lab.chat(lab.web)
    for goes_on in (False, True):
        connection = lab.open(lab.web).request(forbidden(lab))
        until_closed(connection.client)
        if goes_on:
            talk_on(connection)
        connection.client.close()
        lab.chat(lab.web, client=1)


@scenario("""haproxy accepts, but the server behind it refuses: a FIN to a client that has said nothing. One
          client closes, too; one says something and gets a RST.""", points=BOTH, needs=NEEDS)
def haproxy_backend_refused(lab):
    lab.listen(lab.ssh)
    balance(lab, backend=f"127.0.0.1:{lab.alt}")
    lab.chat(lab.ssh)
    for goes_on in (False, True):
        connection = lab.open(lab.web)
        until_closed(connection.client)
        if goes_on:
            talk_on(connection)
        connection.client.close()
        lab.chat(lab.ssh, client=1)


@scenario("""haproxy drops one client without telling it (tcp-request connection silent-drop); the client
          waits in silence: nothing is reset.""", needs=NEEDS)
def haproxy_silent_drop(lab):
    balance(lab, f"tcp-request connection silent-drop if {{ src {lab.address(lab.client)} }}")
    lab.chat(lab.web, client=1)
    lab.open(lab.web)
    lab.fence()
    lab.chat(lab.web, client=1)


@scenario("""haproxy drops one client without telling it (tcp-request connection silent-drop), and has the
          kernel forget the connection; the request gets a RST.""", points=BOTH, v6=True, needs=NEEDS)
def haproxy_silent_drop_request(lab):
    balance(lab, f"tcp-request connection silent-drop if {{ src {lab.address(lab.client)} }}")
    for _ in range(2):
        lab.chat(lab.web, client=1)
        connection = lab.open(lab.web)
        lab.fence()
        connection.request()
        until_reset(connection.client)
        lab.expect(connection, "client-refused", "request-sent", "server RST",
                   cause=("client-refused", "no-state"))
        lab.chat(lab.web, client=2)


@scenario("""The server behind haproxy resets the connection after the request; haproxy hands on a FIN, and a
          RST to the client that sends more.""", needs=NEEDS)
def haproxy_backend_reset(lab):
    balance(lab)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().read_request()
    abort_on_close(connection.server)
    until_closed(connection.client)
    talk_on(connection)
    lab.chat(lab.web)


def answer_checks(lab, answer):
    """haproxy elsewhere asks for a page every second; other clients are served."""
    listener = lab.listen(lab.web)
    checked = check_health(lab, lab.web, "option httpchk GET /health", "timeout check 300ms")
    for count in range(1, 5):
        wait.until_readable(listener, "a check")
        server = lab.keep(listener.accept()[0])
        if answer:
            wait.until_readable(server, "a request")
            server.recv(1000)
            server.sendall(answer)
        lab.until_resets(lab.client, count)
        lab.chat(lab.web, client=1)
    return checked


@scenario("""haproxy checks the server every second by an HTTP request (option httpchk) and gets an answer; it
          ends each check with a RST.""", points=BOTH, needs=NEEDS)
def haproxy_http_check(lab):
    checked = answer_checks(lab, lab.said.answer)
    lab.expect(checked, "health-check", "response-sent", "client RST+ACK")


@scenario("""haproxy checks the server every second by an HTTP request (option httpchk); the server never
          answers, and each check ends with a RST after 0.3 s.""", points=BOTH, needs=NEEDS)
def haproxy_http_check_unanswered(lab):
    checked = answer_checks(lab, b"")
    lab.expect(checked, "health-check", "request-sent", "client RST+ACK",
               cause=("health-check", "client-abort"))  # it failed, which a user wants to see
