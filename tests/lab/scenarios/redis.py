# redis takes no more clients, or none from elsewhere.
# SPDX-License-Identifier: GPL-2.0-or-later

import socket

from lab import daemon
from lab.lab import receive, until_closed, until_dead
from lab.scenario import BOTH, scenario
from lab.speech import PING, PONG

FULL_UP = b"-ERR max number of clients reached\r\n"
NEEDS = ("redis-server",)


def serve(lab, *options):
    """The server's redis port."""
    daemon.serve(lab, "redis-server", "--bind", str(lab.address(lab.server)), "--port", str(lab.redis),
                 "--save", "", "--dir", str(lab.folder), *options, ports=[lab.redis])


def ping(connection):
    """The client asks and is answered."""
    connection.request(PING)
    receive(connection.client, len(PONG))
    return connection


def leave(connection):
    connection.client.shutdown(socket.SHUT_WR)
    until_closed(connection.client)
    connection.client.close()


@scenario("""redis serves as many clients as it may (maxclients) and tells the next ones: text and FIN to the
          silent one, text and a RST to one whose first command it has not read.""", points=BOTH, v6=True,
          needs=NEEDS)
def redis_max_clients(lab):
    serve(lab, "--maxclients", "1", "--protected-mode", "no")
    served = ping(lab.open(lab.redis, client=1))
    silent = lab.open(lab.redis)
    receive(silent.client, len(FULL_UP))
    until_closed(silent.client)
    silent.client.close()
    for client in (0, 2):
        connection = lab.dial(lab.redis, client=client).connect_and_ask(PING)
        until_dead(connection.client)
        lab.expect(connection, "app-abort", "response-sent", "server RST+ACK")
        ping(served)
    leave(served)
    leave(ping(lab.open(lab.redis)))


@scenario("""redis without a password takes nobody from elsewhere (protected-mode): a long text and a RST to
          each client whose first command it has not read. Another port of the host works.""", points=BOTH,
          needs=NEEDS)
def redis_protected_mode(lab):
    serve(lab)
    lab.listen(lab.ssh)
    for client in (0, 1):
        lab.chat(lab.ssh, client=client)
        connection = lab.dial(lab.redis, client=client).connect_and_ask(PING)
        until_dead(connection.client)
        lab.expect(connection, "app-abort", "response-sent", "server RST+ACK")
