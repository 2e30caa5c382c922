# nginx throws clients out, or closes in front of what they still say.
# SPDX-License-Identifier: GPL-2.0-or-later

import socket

from lab import daemon
from lab.lab import LabError, receive, talk_on, until_closed, until_reset
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario

NGINX = """
load_module modules/ngx_stream_module.so;
daemon off;
master_process off;
user root;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 64; }}
stream {{ {stream} }}
http {{
    access_log off;
    client_body_temp_path {folder};
    proxy_temp_path {folder};
    fastcgi_temp_path {folder};
    uwsgi_temp_path {folder};
    scgi_temp_path {folder};
    {directives}
    server {{
        listen {address}:{port};
        {rules}
    }}
}}
"""
SERVE = 'location / { return 200 "Nothing to see here\\n"; }'
NEEDS = ("nginx",)


def url_address(lab, host):
    address = str(lab.address(host))
    return address if lab.version == 4 else f"[{address}]"


def serve(lab, *rules, directives="", stream=""):
    """nginx serves the server's web port.  rules: of its server block; stream: that of the same name."""
    config = daemon.configure(lab, "nginx.conf", NGINX, address=url_address(lab, lab.server), port=lab.web,
                              rules="\n        ".join(rules), directives=directives, stream=stream)
    daemon.serve(lab, "nginx", "-c", config, ports=[lab.web])


def read_response(connection, code):
    """A whole one, which must have this status code."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += receive(connection.client, 1)
    if f" {code} " not in head.decode():
        raise LabError(f"not {code}: {head}")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    receive(connection.client, int(length.split(b":")[1]))
    return connection


def leave(connection):
    """The client closes, and nginx then, too."""
    connection.client.shutdown(socket.SHUT_WR)
    until_closed(connection.client)
    connection.client.close()


def visit(lab, code=200, **which):
    """An ordinary exchange."""
    leave(read_response(lab.open(lab.web, **which).request(), code))


@scenario("""nginx denies one client by its address (403) and serves the others: nothing is reset.""",
          v6=True, needs=NEEDS)
def nginx_deny(lab):
    serve(lab, f"deny {lab.address(lab.client)};",
          "location / { try_files /none @served; } location @served { return 200 here; }")
    for client, code in ((0, 403), (1, 200), (0, 403), (2, 200)):
        visit(lab, code, client=client)


def close_without_answer(lab, directives=""):
    """nginx closes on one kind of request without an answer (return 444)."""
    serve(lab, 'if ($arg_q) { return 444; }', SERVE, directives=directives)


def suspicious(lab):
    head, space, tail = lab.said.request.partition(b" HTTP")
    return head + b"?q=1" + space + tail


@scenario("""nginx closes without an answer (return 444): a FIN only. One client closes, too; one sends the
          next request and gets a RST.""", points=BOTH, v6=True, needs=NEEDS)
def nginx_444(lab):
    close_without_answer(lab)
    visit(lab)
    for goes_on in (False, True):
        connection = lab.open(lab.web).request(suspicious(lab))
        until_closed(connection.client)
        if goes_on:
            talk_on(connection)
        connection.client.close()
        visit(lab, client=1)


@scenario("""nginx resets the connection instead of answering (return 444, reset_timedout_connection on).""",
          points=BOTH, v6=True, clients=(FULL, NO_TIMESTAMPS), needs=NEEDS)
def nginx_444_reset(lab):
    close_without_answer(lab, "reset_timedout_connection on;")
    visit(lab)
    for client in (0, 1):
        connection = lab.open(lab.web, client=client).request(suspicious(lab))
        until_reset(connection.client)
        lab.expect(connection, "app-reject", "request-sent", "server RST+ACK")
        visit(lab, client=client)


@scenario("""A client sends half a request and nothing for 4 s; nginx then resets it (client_header_timeout,
          reset_timedout_connection on).""", points=BOTH, needs=NEEDS)
def nginx_header_timeout(lab):
    serve(lab, SERVE, directives="reset_timedout_connection on; client_header_timeout 4s;")
    visit(lab)
    connection = lab.open(lab.web).request(lab.said.request[:20])
    visit(lab, client=1)
    until_reset(connection.client)
    lab.expect(connection, "idle-timeout", "request-sent", "server RST+ACK",
               cause=("idle-timeout", "app-reject"))
    visit(lab)


@scenario("""A client keeps its connection after an answer and says nothing for 4 s; nginx closes by FIN
          (keepalive_timeout). The next request, just too late, gets a RST.""", needs=NEEDS)
def nginx_keepalive_timeout(lab):
    serve(lab, SERVE, directives="keepalive_timeout 4s;")
    visit(lab)
    connection = read_response(lab.open(lab.web).request(), 200)
    until_closed(connection.client)
    talk_on(connection)
    visit(lab)


def with_cookies(lab):
    """The request, with a header larger than nginx takes, and than it reads at once."""
    line, end, rest = lab.said.request.partition(b"\r\n")
    return line + end + b"Cookie: crumbs=" + b"0123456789" * 500 + end + rest


def refuse_cookies(lab, lingering):
    serve(lab, SERVE, f"lingering_close {lingering}; large_client_header_buffers 4 1k;")
    visit(lab)
    return lab.open(lab.web).request(with_cookies(lab))


@scenario("""nginx answers 400 to a request header that is too long and closes with the rest unread
          (lingering_close off): the answer, then a RST.""", points=BOTH, v6=True, needs=NEEDS)
def nginx_unread_rest(lab):
    connection = refuse_cookies(lab, "off")
    until_reset(connection.client)
    lab.expect(connection, "app-abort", "response-sent", "server RST+ACK")
    visit(lab)


@scenario("""nginx answers 400 to a request header that is too long, reads the rest all the same and closes by
          FIN (lingering_close on): nothing is reset.""", needs=NEEDS)
def nginx_lingering(lab):
    leave(read_response(refuse_cookies(lab, "on"), 400))
    visit(lab)


def proxy_to(lab, address):
    """nginx hands on what comes to the port alt, to a port that refuses."""
    serve(lab, SERVE, stream=f"""server {{ listen {url_address(lab, lab.server)}:{lab.alt};
                                          proxy_pass {address}:{lab.redis}; }}""")


@scenario("""nginx takes connections for a server that refuses (stream proxy_pass): a FIN to a client that has
          said nothing. One client closes, too; one says something and gets a RST.""", points=BOTH,
          needs=NEEDS)
def nginx_stream_refused(lab):
    proxy_to(lab, "127.0.0.1")
    visit(lab)
    for goes_on in (False, True):
        connection = lab.open(lab.alt)
        until_closed(connection.client)
        if goes_on:
            talk_on(connection)
        connection.client.close()
        visit(lab)


@scenario("""nginx takes connections for a server elsewhere that refuses (stream proxy_pass), and closes with
          the client's request unread.""", v6=True, needs=NEEDS)
def nginx_stream_refused_unread(lab):
    address = lab.router.ports["far"].own(lab.version)[0]
    proxy_to(lab, address if lab.version == 4 else f"[{address}]")
    visit(lab)
    for client in (0, 1):
        connection = lab.open(lab.alt, client=client).request()
        until_reset(connection.client)
        lab.expect(connection, "app-reject", "request-sent", "server RST+ACK")
        visit(lab, client=client)
