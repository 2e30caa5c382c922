# A packet filter in the path reads what is said and rejects the connection that says a certain name.
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import ssl

from lab import forge
from lab.lab import receive, until_reset
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario
from synth.wire import RST

NEEDS = ("iptables", "ip6tables")
NEEDS_TLS = (*NEEDS, "openssl")
CERTIFICATE = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9".split()
RECORD_HEADER_BYTES = 5


def ordinary_name(lab):
    return re.search(rb"Host: (\S+)", lab.said.request)[1].decode()


def filtered_name(lab):
    return "not-" + ordinary_name(lab)


def filtered_request(lab):
    return lab.said.request.replace(ordinary_name(lab).encode(), filtered_name(lab).encode())


def read_along(lab, match="-d"):
    """The router rejects segments to (-d) or from (-s) the server that hold the filtered name."""
    lab.iptables(lab.router, f"-A FORWARD -p tcp {match} {lab.address(lab.server)} -m string --algo bm "
                 f"--string {filtered_name(lab)} -j REJECT --reject-with tcp-reset")


def expect_filtered(lab, connection, stage="request-sent", cause=()):
    lab.expect(connection, "content-filter", stage, "server RST", "third-party", points=("client",),
               cause=cause)


class TlsEnd:
    """One end of a TLS connection; both are played by one process, so neither may wait for the other."""

    def __init__(self, sock, context, **role):
        self.socket, self.heard, self.unsaid = sock, ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.heard, self.unsaid, **role)

    def attempt(self, action, *arguments):
        """Sends what the action makes to send; its result, None while it needs to hear more."""
        try:
            return action(*arguments)
        except ssl.SSLWantReadError:
            return None
        finally:
            self.socket.sendall(self.unsaid.read())

    def hear(self):
        """One record."""
        head = receive(self.socket, RECORD_HEADER_BYTES)
        self.heard.write(head + receive(self.socket, int.from_bytes(head[3:], "big")))

    def finish(self, action, *arguments):
        """Hears as much as the action needs."""
        while (result := self.attempt(action, *arguments)) is None:
            self.hear()
        return result

    def shake_hands(self):
        self.tls.do_handshake()
        return True


class Tls:
    """TLS between clients and servers; the server's certificate is its own."""

    def __init__(self, lab):
        key, certificate = lab.folder / "key.pem", lab.folder / "certificate.pem"
        lab.server.run(*CERTIFICATE, "-subj", f"/CN={ordinary_name(lab)}", "-keyout", str(key),
                       "-out", str(certificate))
        self.lab, self.server_context = lab, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server_context.load_cert_chain(certificate, key)
        self.server_context.num_tickets = 0  # nobody would read them
        self.client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client_context.check_hostname, self.client_context.verify_mode = False, ssl.CERT_NONE

    def greet(self, connection, name):
        """Sends a ClientHello that names the server; returns the client's end."""
        client = TlsEnd(connection.client, self.client_context, server_hostname=name)
        client.attempt(client.shake_hands)
        return client

    def chat(self, name=None, **which):
        """An ordinary exchange."""
        connection = self.lab.open(self.lab.tls, **which).accept()
        client = self.greet(connection, name or ordinary_name(self.lab))
        server = TlsEnd(connection.server, self.server_context, server_side=True)
        server.hear()
        server.attempt(server.shake_hands)
        for end in (client, server):
            end.finish(end.shake_hands)
        said = self.lab.said
        for speaker, hearer, text in ((client, server, said.request), (server, client, said.answer)):
            speaker.attempt(speaker.tls.write, text)
            hearer.finish(hearer.tls.read, len(text))
        connection.close()


@scenario("""The router's packet filter reads the server name in ClientHellos and rejects one name, with a
          RST to the client only; other names of the same server are served.""", v6=True,
          clients=(FULL, NO_TIMESTAMPS), needs=NEEDS_TLS)
def reject_server_name(lab):
    lab.listen(lab.tls, lab.web)
    tls = Tls(lab)
    read_along(lab)
    lab.chat(lab.web)
    for number in (0, 1, 0):
        tls.chat(client=number)
        connection = lab.open(lab.tls, client=number).accept()
        tls.greet(connection, filtered_name(lab))
        until_reset(connection.client)
        expect_filtered(lab, connection)
    tls.chat("other." + ordinary_name(lab))


@scenario("""The same next to the server, so that the timing tells nothing.""", near_ms=15, far_ms=0,
          needs=NEEDS_TLS)
def reject_server_name_far(lab):
    lab.listen(lab.tls)
    tls = Tls(lab)
    read_along(lab)
    for number in (0, 1):
        tls.chat(client=number)
        connection = lab.open(lab.tls, client=number).accept()
        tls.greet(connection, filtered_name(lab))
        until_reset(connection.client)
        expect_filtered(lab, connection)
    tls.chat()


@scenario("""One ClientHello only, among others, meets the router's filter of server names.""",
          needs=NEEDS_TLS)
def reject_server_name_once(lab):
    lab.listen(lab.tls)
    tls = Tls(lab)
    read_along(lab)
    tls.chat()
    connection = lab.open(lab.tls).accept()
    tls.greet(connection, filtered_name(lab))
    until_reset(connection.client)
    expect_filtered(lab, connection, cause=("content-filter", "rejected-in-path"))
    tls.chat(client=1)


@scenario("""The router's packet filter reads the Host of HTTP requests and rejects one name; others pass,
          of the same client, too.""", v6=True, needs=NEEDS)
def reject_http_host(lab):
    lab.listen(lab.ssh, lab.web)
    read_along(lab)
    for number in (0, 0, 1):
        lab.chat(lab.web, client=number)
        connection = lab.open(lab.web, client=number).accept().request(filtered_request(lab))
        until_reset(connection.client)
        expect_filtered(lab, connection)
    lab.chat(lab.ssh, lab.web)


@scenario("""The router's packet filter rejects a name in the second request of a connection; the first
          request was answered.""", needs=NEEDS)
def reject_http_host_second_request(lab):
    lab.listen(lab.web)
    read_along(lab)
    for number in (0, 1):
        lab.open(lab.web, client=number).talk().talk().close()
        connection = lab.open(lab.web, client=number).talk().request(filtered_request(lab))
        until_reset(connection.client)
        expect_filtered(lab, connection, "response-sent", ("content-filter", "rejected-in-path"))
    lab.chat(lab.web)


@scenario("""A filter at the router that resets both sides on reading a forbidden name: the client by
          REJECT, the server by a RST in the client's name.""", points=BOTH, needs=NEEDS)
def reject_http_host_both_sides(lab):
    lab.listen(lab.web)
    read_along(lab)
    tap, far = forge.Tap(lab, lab.router, "near"), forge.Tap(lab, lab.router, "far")
    for number in (0, 1):
        lab.chat(lab.web, client=number)
        connection = lab.open(lab.web, client=number).accept().request(filtered_request(lab))
        asked = tap.catch(lambda segment, key=connection.key: segment.src == key[0] and segment.length,
                          "the request")
        far.send(*connection.key, asked.seq, 0, RST)
        until_reset(connection.client)
        until_reset(connection.server)
        expect_filtered(lab, connection)
        lab.expect(connection, "content-filter", "handshake-done", "client RST", "third-party",
                   points=("server",), cause=("forged", "content-filter"))
    lab.chat(lab.web)


@scenario("""The router's packet filter reads answers and rejects what names a forbidden name: the RST goes
          to the server in the client's name, and the client waits in vain.""", points=("server",),
          needs=NEEDS)
def reject_answer(lab):
    lab.listen(lab.web)
    read_along(lab, "-s")
    for number in (0, 1):
        lab.chat(lab.web, client=number)
        connection = lab.open(lab.web, client=number).request().read_request()
        connection.respond(filtered_request(lab))
        until_reset(connection.server)
        lab.expect(connection, "content-filter", "response-sent", "client RST", "third-party",
                   cause=("content-filter", "rejected-in-path"))
    lab.chat(lab.web)
