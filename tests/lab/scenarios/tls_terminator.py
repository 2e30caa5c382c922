# TLS ends at a terminator in front of the server, or is spoken where nobody expects it.
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import ssl

from lab import daemon
from lab.lab import LabError, TCP_CLOSE_WAIT, talk_on, until_closed, until_dead, until_reset, until_state
from lab.scenario import BOTH, scenario
from lab.scenarios import haproxy, nginx, sshd

STUNNEL = """
foreground = yes
pid =
syslog = no
[tls]
accept = {address}:{port}
connect = {backend}
cert = {folder}/tls.pem
{rules}
"""
NEEDS = ("stunnel4", "openssl")


def certify(lab):
    """A certificate signed by itself, and its key, in one file."""
    key, certificate, both = (lab.folder / name for name in ("key.pem", "certificate.pem", "tls.pem"))
    lab.server.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                   "-nodes", "-subj", "/CN=www.example.net", "-keyout", str(key), "-out", str(certificate))
    both.write_text(key.read_text() + certificate.read_text())


def terminate(lab, *rules, backend=None, over=None):
    """stunnel serves the server's tls port; behind it is the application, or what refuses."""
    certify(lab)
    config = daemon.configure(lab, "stunnel.conf", STUNNEL, address=lab.address(lab.server), port=lab.tls,
                              backend=backend or haproxy.behind(lab, lab.tls), rules="\n".join(rules))
    daemon.serve(lab, "stunnel4", config, ports=[lab.tls], over=over)


def context(**options):
    """That of a client which trusts anybody."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    for name, value in options.items():
        setattr(made, name, value)
    return made


def secure(connection, client=None):
    """From now on its client speaks TLS; the handshake is not done yet."""
    connection.client = connection.lab.keep((client or context()).wrap_socket(
        connection.client, server_hostname="www.example.net", do_handshake_on_connect=False))
    return connection


def shake_hands(connection):
    connection.client.do_handshake()
    return connection


def fail(connection):
    """A handshake that comes to nothing."""
    with contextlib.suppress(OSError):
        connection.client.do_handshake()
        raise LabError("TLS works")


def say_hello(connection):
    """Sends the ClientHello and returns."""
    connection.client.setblocking(False)
    with contextlib.suppress(ssl.SSLWantReadError):
        connection.client.do_handshake()
    return connection


def visit(lab, client=None):
    """An ordinary exchange over TLS."""
    connection = shake_hands(secure(lab.open(lab.tls, client=1), client)).talk()
    connection.server.close()
    until_closed(connection.client)  # what TLS calls so
    connection.client = lab.keep(connection.client.unwrap())
    until_closed(connection.client)
    connection.client.close()


@scenario("""stunnel ends TLS for a server that is not there: the handshake of TLS works, then stunnel resets
          the connection.""", points=BOTH, v6=True, needs=NEEDS)
def tls_backend_refused(lab):
    terminate(lab, backend=f"127.0.0.1:{lab.alt}")
    lab.listen(lab.ssh)
    for client in (0, 1):
        lab.chat(lab.ssh)
        connection = shake_hands(secure(lab.open(lab.tls, client=client)))
        until_dead(connection.client)
        lab.expect(connection, "app-abort", "response-sent", "server RST+ACK")


@scenario("""haproxy ends TLS for a server that is not there: the handshake of TLS works, then haproxy closes
          by FIN. One client closes, too; one makes its request and gets a RST.""", points=BOTH,
          needs=("haproxy", "openssl"))
def tls_backend_refused_haproxy(lab):
    certify(lab)
    haproxy.balance(lab, port=lab.tls, bind=f"ssl crt {lab.folder}/tls.pem", backend=f"127.0.0.1:{lab.alt}")
    for goes_on in (False, True):
        connection = shake_hands(secure(lab.open(lab.tls)))
        until_closed(connection.client)
        if goes_on:
            talk_on(connection)
        connection.client.close()


@scenario("""A client speaks plain HTTP to stunnel's TLS port, which closes with most of it unread, without a
          word.""", points=BOTH, v6=True, needs=NEEDS)
def plain_to_tls(lab):
    terminate(lab)
    visit(lab)
    connection = lab.open(lab.tls).request()
    until_reset(connection.client)
    lab.expect(connection, "protocol-mismatch", "request-sent", "server RST+ACK",
               cause=("protocol-mismatch", "app-reject"))
    visit(lab)


@scenario("""A client speaks plain HTTP to haproxy's TLS port, which reads it and closes by FIN. One client
          closes, too; one sends more and gets a RST.""", needs=("haproxy", "openssl"))
def plain_to_tls_haproxy(lab):
    certify(lab)
    haproxy.balance(lab, port=lab.tls, bind=f"ssl crt {lab.folder}/tls.pem")
    visit(lab)
    for goes_on in (False, True):
        connection = lab.open(lab.tls).request()
        until_closed(connection.client)
        if goes_on:
            talk_on(connection, cause=("data-after-close", "protocol-mismatch"))
        connection.client.close()


@scenario("""A client speaks TLS to sshd, which says that it does not like it and closes with most of it
          unread: its banner, text, then RST.""", points=BOTH, v6=True, needs=sshd.NEEDS)
def tls_to_sshd(lab):
    sshd.serve(lab)
    sshd.visit(lab)
    connection = say_hello(secure(lab.open(lab.ssh)))
    until_dead(connection.client)
    lab.expect(connection, "protocol-mismatch", "response-sent", "server RST+ACK")
    sshd.visit(lab)


@scenario("""A client speaks TLS to nginx's plain port, which answers bad requests with a reset (error_page
          400 leads to return 444, reset_timedout_connection on).""", points=BOTH, v6=True, needs=nginx.NEEDS)
def tls_to_nginx(lab):
    nginx.serve(lab, nginx.SERVE, "error_page 400 /drop;", "location = /drop { return 444; }",
                directives="reset_timedout_connection on;")
    nginx.visit(lab)
    connection = say_hello(secure(lab.open(lab.web)))
    until_dead(connection.client)
    lab.expect(connection, "protocol-mismatch", "request-sent", "server RST+ACK",
               cause=("protocol-mismatch", "app-reject"))
    nginx.visit(lab)


@scenario("""A client speaks TLS to nginx's plain port and gets an answer in plain HTTP (400), then FIN; it
          understands none of it and closes with most of it unread.""", points=BOTH, needs=nginx.NEEDS)
def tls_to_nginx_answered(lab):
    nginx.serve(lab, nginx.SERVE)
    nginx.visit(lab)
    connection = say_hello(secure(lab.open(lab.web)))
    until_state(connection.client, TCP_CLOSE_WAIT)
    fail(connection)
    connection.client.close()
    lab.until_resets(lab.client, 1)
    lab.expect(connection, "client-abort", "closing", "client RST+ACK",
               cause=("client-abort", "protocol-mismatch"))
    nginx.visit(lab)


@scenario("""A client knows no version of TLS that stunnel still takes: an alert that says so, then FIN;
          nothing is reset.""", needs=NEEDS)
def tls_too_old(lab):
    terminate(lab, "sslVersionMin = TLSv1.3")
    visit(lab)
    connection = secure(lab.open(lab.tls), context(maximum_version=ssl.TLSVersion.TLSv1_2))
    fail(connection)
    connection.client.close()
    visit(lab)


@scenario("""stunnel wants a certificate of its clients, and some have none: a fatal alert (legible in TLS
          1.2, encrypted in 1.3), then a RST, since the end of the client's handshake lies unread.""",
          points=BOTH, v6=True, needs=NEEDS)
def tls_alert(lab):
    terminate(lab, "verifyChain = yes", f"CAfile = {lab.folder}/certificate.pem")
    known = context()
    known.load_cert_chain(lab.folder / "tls.pem")
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        visit(lab, known)
        connection = secure(lab.open(lab.tls), context(maximum_version=version))
        with contextlib.suppress(OSError):
            connection.client.do_handshake()  # in TLS 1.3 it ends well for the client
        until_dead(connection.client)
        lab.expect(connection, "app-abort", "response-sent", "server RST+ACK")


@scenario("""A client does not trust the certificate: it says so by an alert and closes with the rest of the
          server's handshake unread.""", points=BOTH, v6=True, needs=NEEDS)
def tls_client_distrusts(lab):
    terminate(lab)
    visit(lab)
    connection = secure(lab.open(lab.tls), context(verify_mode=ssl.CERT_REQUIRED))
    fail(connection)
    connection.client.close()
    lab.until_resets(lab.client, 1)
    lab.expect(connection, "client-abort", "response-sent", "client RST+ACK")
    visit(lab)
