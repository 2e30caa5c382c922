# The router spreads connections over two servers, one of which is dead.
# SPDX-License-Identifier: GPL-2.0-or-later
"""The clients know both servers by the first one's address; the router translates it to a member's own."""

from lab.lab import LabError, abort_on_close, until_reset
from lab.scenario import scenario

IN_TURN = "numgen inc mod 2", 0, 1
REFUSED = "syn-sent", "server RST+ACK"
ENOUGH, TOO_MANY = 3, 60


def balance(lab, choose):
    """choose: an nft expression and its values for the first and for the second server."""
    expression, *values = choose
    members = (lab.address(lab.server), lab.address(lab.second_server))
    shares = ", ".join(f"{value} : {members[number > 0]}" for number, value in enumerate(values))
    lab.router.nft(f"table inet balancer {{ chain prerouting {{ type nat hook prerouting priority dstnat;\n"
                   f"{lab.ip} daddr {members[0]} tcp dport {lab.web} "
                   f"dnat {lab.ip} to {expression} map {{ {shares} }}\n}}\n}}")


def expect_refused(lab, *causes, **which):
    lab.expect(lab.refused(lab.web, **which), "port-flapping", *REFUSED, cause=causes)


def chat(lab, listener=None, **which):
    """An ordinary connection through the balancer, to a member's listener."""
    lab.open(lab.web, **which).accept(listener).talk().close()


@scenario("""A balancer gives connections to two servers in turn; on one of them nothing listens, so every
          other one is refused.""", v6=True)
def balancer_dead_member(lab):
    lab.listen(lab.web, lab.ssh)
    balance(lab, IN_TURN)
    for number in (0, 1, 2, 0):
        chat(lab, client=number)
        expect_refused(lab, client=2 - number)
    lab.chat(lab.ssh)


@scenario("""The same with unlike servers: what the dead one refuses comes with another TTL, although no
          device but the balancer is in the path.""")
def balancer_dead_member_unlike(lab):
    lab.listen(lab.web)
    lab.second_server.sysctl("net.ipv4.ip_default_ttl", 128)
    balance(lab, IN_TURN)
    for number in (0, 1, 1, 0):
        chat(lab, client=number)
        expect_refused(lab, "port-flapping", "refused-in-path", client=number)


@scenario("""A balancer chooses among two servers by a hash of the client's address and port; on one of
          them nothing listens, so that connections are refused at random.""", v6=True)
def balancer_dead_member_hashed(lab):
    lab.listen(lab.web)
    balance(lab, (f"jhash {lab.ip} saddr . tcp sport mod 2 seed 0x{len(lab.said.request):x}", 0, 1))
    served = refused = 0
    while min(served, refused) < ENOUGH:
        connection = lab.dial(lab.web, client=(served + refused) % 3)
        try:
            connection.connect().talk().close()
            served += 1
        except ConnectionRefusedError:
            lab.expect(connection, "port-flapping", *REFUSED)
            refused += 1
        if served + refused > TOO_MANY:
            raise LabError("the hash prefers one member")


@scenario("""A balancer chooses among two servers by the client's address; nothing listens on the one that
          is one client's, so that this client is refused every time while the others are served.""")
def balancer_dead_member_of_client(lab):
    lab.listen(lab.web)
    balance(lab, ("ip saddr", lab.address(lab.client), lab.address(lab.client, 1)))
    for _ in range(3):
        chat(lab)
        expect_refused(lab, "port-flapping", "client-refused", client=1)
        lab.chat(lab.web, client=2)


@scenario("""A balancer gives connections to two servers in turn; the service is restarted on one of them,
          and what falls to its share meanwhile is refused.""", v6=True)
def balancer_member_restarts(lab):
    first, second = lab.listen(lab.web), lab.listen(lab.web, host=lab.second_server)
    balance(lab, IN_TURN)
    for listener in (first, second) * 2:
        chat(lab, listener)
    lab.fence()
    second.close()
    for number in (1, 0):
        chat(lab, first, client=number)
        expect_refused(lab, client=number)
    second = lab.listen(lab.web, host=lab.second_server)
    for listener in (first, second) * 2:
        chat(lab, listener)


@scenario("""A balancer that has lost all its members refuses clients by itself, until they are back;
          another port of the address works.""")
def balancer_without_members(lab):
    lab.listen(lab.web, lab.ssh)
    lab.chat(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.web} reject with tcp reset"):
        for number in (0, 1, 2):
            lab.expect(lab.refused(lab.web, client=number), "refused-in-path", *REFUSED, "third-party",
                       cause=("refused-in-path", "port-flapping"))
            lab.chat(lab.ssh, client=number)
    lab.chat(lab.web)


@scenario("""A balancer gives connections to two servers in turn; the application of one is out of order
          and throws out whom it gets (SO_LINGER 0).""", v6=True)
def balancer_failing_member(lab):
    first, second = lab.listen(lab.web), lab.listen(lab.web, host=lab.second_server)
    balance(lab, IN_TURN)
    for number in (0, 1, 2):
        chat(lab, first, client=number)
        connection = lab.open(lab.web, client=number).accept(second)
        abort_on_close(connection.server)
        until_reset(connection.client)
        lab.expect(connection, "app-reject", "handshake-done", "server RST+ACK")


@scenario("""Connections are routed to either of two servers with the same address; on one of them nothing
          listens.""", v6=True)
def routed_to_dead_member(lab):
    lab.listen(lab.web, lab.ssh)
    for number in (0, 1):
        lab.chat(lab.web, client=number)
        with lab.flip():
            expect_refused(lab, client=number)
            expect_refused(lab)
        lab.chat(lab.ssh)
