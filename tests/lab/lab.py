# What a scenario plays with: hosts, ordinary connections, and a place to say what is true.
# SPDX-License-Identifier: GPL-2.0-or-later
"""One process plays all hosts: a socket belongs to the namespace it was made in, so a scenario reads from
top to bottom in the order of events."""

import contextlib
import errno
import select
import socket
import struct
import time

from lab import wait
from lab.capture import FENCE_PORT
from lab.kernel import counters
from lab.netns import LabError
from lab.scenario import BOTH, EVERYWHERE
from lab.silence import Silence
from lab.truth import Expected

FENCE_ROUNDS = 3
NO_WAIT_LINGER = struct.pack("ii", 1, 0)
TCP_REPAIR = 19
TCP_CLOSE, TCP_CLOSE_WAIT = 7, 8


def abort_on_close(sock):
    """SO_LINGER with 0 s, then close(): the kernel sends RST+ACK instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_WAIT_LINGER)
    sock.close()


def forget(sock):
    """The kernel forgets the connection and sends nothing (TCP_REPAIR, then close())."""
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    sock.close()


def receive(sock, length):
    data = b""
    while len(data) < length:
        part = sock.recv(length - len(data))
        if not part:
            raise LabError(f"closed after {len(data)} of {length} bytes")
        data += part
    return data


def until_closed(sock):
    """Until the peer's FIN."""
    if sock.recv(65536):
        raise LabError("data where the end was expected")


def until_reset(sock):
    """Until a RST ends it; what comes before is read and dropped."""
    try:
        while sock.recv(65536):
            pass
    except (ConnectionResetError, ConnectionRefusedError, BrokenPipeError):
        return
    raise LabError("closed, but not reset")


def until_state(sock, state):
    wait.until(lambda: sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == state, f"state {state}")


def until_dead(sock):
    """Until a RST has ended it.  Reads nothing: behind a FIN or through TLS that would not show the RST."""
    until_state(sock, TCP_CLOSE)


def talk_on(connection, data=None, cause=()):
    """The client has taken notice of the server's FIN, speaks all the same, and is reset."""
    connection.lab.fence()
    connection.request(data)
    until_dead(connection.client)
    connection.lab.expect(connection, "data-after-close", "closing", "server RST", cause=cause)


class Connection:
    """client: a bound socket, not yet connected.  server: the accepted one, or None."""

    def __init__(self, lab, client, address, port):
        self.lab, self.client, self.server = lab, client, None
        self.key = (client.getsockname()[:2], (str(address), port))

    @property
    def port(self):
        return self.key[1][1]

    def connect(self):
        self.client.connect(self.key[1])
        return self

    def connect_and_ask(self, data=None):
        """The request is in the segment that completes the handshake (the client's kernel delays its ACK
        for it), so that the server's application finds both at once."""
        self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        return self.connect().request(data)

    def start(self):
        """Sends the SYN and returns."""
        self.client.setblocking(False)
        if self.client.connect_ex(self.key[1]) not in (0, errno.EINPROGRESS):
            raise LabError("connect() failed at once")
        return self

    def until_connected(self):
        if not select.select([], [self.client], [], wait.PATIENCE_S)[1]:
            raise LabError("no end of connect()")
        self.client.settimeout(wait.PATIENCE_S)
        return self

    def accept(self, listener=None):
        """Once; what needs the server's socket accepts by itself.  listener: another than that of the
        address dialled, where the router leads elsewhere."""
        if self.server:
            return self
        self.server = self.lab.keep((listener or self.lab.listeners[self.key[1]]).accept()[0])
        self.server.settimeout(wait.PATIENCE_S)
        return self

    def say(self, who, data):
        """`who` sends and the other reads it all."""
        if who == "client":
            return self.request(data).read_request(data)
        return self.respond(data).read_answer(data)

    def request(self, data=None):
        """data: None is the setting's, here and below."""
        self.client.sendall(data or self.lab.said.request)
        return self

    def read_request(self, data=None):
        receive(self.accept().server, len(data or self.lab.said.request))
        return self

    def respond(self, data=None):
        self.accept().server.sendall(data or self.lab.said.answer)
        return self

    def read_answer(self, data=None):
        receive(self.client, len(data or self.lab.said.answer))
        return self

    def talk(self):
        """What is usual on this port, to its end."""
        for who, data in self.lab.setting.dialogue(self.port):
            self.say(who, data)
        return self

    def close(self, first="client"):
        """Both FINs, orderly."""
        one, other = (self.client, self.server) if first == "client" else (self.server, self.client)
        one.shutdown(socket.SHUT_WR)
        until_closed(other)
        other.close()
        until_closed(one)
        one.close()


class Lab:
    """version: of IP; ip: its word in nft's rules.  expected: what the scenario says of the connections it
    has reset or has left without an answer.  begins_ns, ends_ns: the part of the run that a capture holds;
    one_way: whose packets it holds, if not both sides'."""

    def __init__(self, network, version, folder):
        self.network, self.version, self.folder = network, version, folder
        self.ip = "ip" if version == 4 else "ip6"
        self.setting, self.said = network.setting, network.setting.said
        self.client, self.router, self.server = network.client, network.router, network.server
        self.second_client, self.second_server = network.second_client, network.second_server
        self.web, self.ssh, self.mail, self.redis, self.alt, self.tls = (
            self.setting.ports[name] for name in ("web", "ssh", "mail", "redis", "alt", "tls"))
        self.sockets, self.processes, self.listeners, self.expected = [], [], {}, []
        self.begins_ns, self.ends_ns, self.one_way = 0, None, None
        self.near_end = self.socket(self.client, socket.SOCK_DGRAM)
        self.far_ends = [self.fence_end(host) for host in (self.server, self.second_server)]
        self.fences = 0

    def keep(self, sock):
        """It is closed after the capture has ended, not before."""
        self.sockets.append(sock)
        return sock

    def address(self, host, index=0, version=None):
        """version: of IP, if not the scenario's; here and below."""
        return host.ports["eth0"].own(version or self.version)[index]

    def socket(self, host, kind=socket.SOCK_STREAM, protocol=0, version=None):
        family = socket.AF_INET if (version or self.version) == 4 else socket.AF_INET6
        with host.inside():
            sock = self.keep(socket.socket(family, kind, protocol))
        sock.settimeout(wait.PATIENCE_S)
        return sock

    def listen(self, *ports, backlog=16, index=0, host=None, protocol=0, version=None, shared=False):
        """Opens ports of the server, or of another host; returns the last listener.  shared: beside others
        that say so, too (SO_REUSEPORT)."""
        for port in ports:
            listener = self.socket(host or self.server, protocol=protocol, version=version)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shared)
            address = str(self.address(host or self.server, index, version))
            listener.bind((address, port))
            listener.listen(backlog)
            self.listeners[address, port] = listener
        return listener

    def dial(self, port, client=0, server=0, host=None, protocol=0, version=None):
        """A connection whose SYN is not sent yet; client and server: which of their addresses; host: who
        dials, if not the client."""
        sock = self.socket(host or self.client, protocol=protocol, version=version)
        sock.bind((str(self.address(host or self.client, client, version)), 0))
        return Connection(self, sock, self.address(self.server, server, version), port)

    def open(self, port, **which):
        """A connection whose client is through with connect()."""
        return self.dial(port, **which).connect()

    def refused(self, port, **which):
        """A connection that gets no further than its SYN."""
        connection = self.dial(port, **which)
        try:
            connection.connect()
        except ConnectionRefusedError:
            return connection
        raise LabError(f"port {port} took a connection")

    def chat(self, *ports, first="client", **which):
        """Ordinary connections to ports that listen, one after the other; first: who closes."""
        for port in ports:
            self.open(port, **which).talk().close(first)

    def clear_queue(self, port):
        """Accepts and closes the connections that wait at a port."""
        listener = self.listeners[str(self.address(self.server)), port]
        while select.select([listener], [], [], 0)[0]:
            listener.accept()[0].close()

    def start(self, host, *command, **options):
        """A program in a host's namespace; it ends with the scenario."""
        self.processes.append(host.start(*command, **options))
        return self.processes[-1]

    def until_resets(self, host, count):
        wait.until(lambda: counters(host)["TcpOutRsts"] >= count, f"{host.name} sends {count} resets")

    def until_rule_hit(self, host):
        wait.until(host.rule_hits, f"a packet meets {host.name}'s rule")

    def expect(self, connection, truth, stage, wire, sender=None, *, cause=(), points=BOTH):
        """wire: in whose name and of what form the RST is, e.g. "server RST+ACK".  connection: one, its
        key, or (None, (server, port)) for all that are reset there and not spoken of otherwise."""
        sent_by, form = wire.split()
        key = getattr(connection, "key", connection)
        self.expected.append(Expected(key, truth, stage, sent_by, form, sender or sent_by, cause, points))

    def expect_silence(self, connection, truth, stage, silent="server", *, cause=(), points=EVERYWHERE,
                       ignores=False):
        """silent: the side that leaves the other's segments, or the last request, without an answer; ignores: and
        repeats what was acknowledged."""
        key = getattr(connection, "key", connection)
        self.expected.append(Silence(key, truth, stage, silent, cause, points, ignores))

    def begin_capture(self):
        """What came before is not in the captures."""
        self.begins_ns = time.time_ns()

    def end_capture(self):
        """What comes later is not in the captures."""
        self.ends_ns = time.time_ns()

    def fence_end(self, host):
        """Where datagrams to the server's address arrive at this host."""
        end = self.socket(host, socket.SOCK_DGRAM)
        end.bind((str(self.address(self.server)), FENCE_PORT))
        return end

    def fence(self):
        """Waits until all that is on its way, and what it brings about, has arrived: datagrams to and fro
        behind it.  Returns the last one's payload."""
        near, far = self.near_end, self.far_ends[0]
        for _ in range(FENCE_ROUNDS):
            self.fences += 1
            near.sendto(f"there {self.fences}.".encode(), far.getsockname()[:2])
            back = f"and back {self.fences}.".encode()
            far.sendto(back, far.recvfrom(100)[1])
            near.recv(100)
        return back

    @contextlib.contextmanager
    def flip(self):
        """Within, the servers' addresses lead to the second server, after what is on its way."""
        self.fence()
        self.network.flip(True)
        self.far_ends.reverse()
        yield
        self.fence()
        self.network.flip(False)
        self.far_ends.reverse()

    @contextlib.contextmanager
    def rule(self, host, hook, *rules):
        """Packet filter rules (nft) of a host; what is on its way before does not meet them."""
        self.fence()
        with host.rule(hook, *rules):
            yield

    def iptables(self, host, *rules):
        """The same by iptables or ip6tables, until the end of the scenario."""
        self.fence()
        for rule in rules:
            host.run(self.ip + "tables", *rule.split())

    def close(self):
        for process in self.processes:
            wait.end(process)
        for sock in self.sockets:
            sock.close()
