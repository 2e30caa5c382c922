# Builds client - wire - router - wire - server, each in a namespace of its own.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses are those for documentation (RFC 5737, RFC 3849); neighbours are entered by hand, so that no
ARP or neighbour discovery runs; offloads are off, so that captures show the checksums of the wire."""

import contextlib
import ipaddress
import subprocess
import sys
from pathlib import Path

from lab import wait
from lab.netns import Namespace

WIRE = Path(__file__).with_name("wire.py")
CLIENT_NET, SERVER_NET = "192.0.2.{}", "198.51.100.{}"
CLIENT_NET_V6, SERVER_NET_V6 = "2001:db8:1::{}", "2001:db8:2::{}"
ROUTER, CLIENTS, SERVERS = 1, (10, 11, 12), (20, 21)
QUIET = ("net.ipv6.conf.default.accept_dad", "net.ipv6.conf.default.router_solicitations",
         "net.ipv6.conf.default.autoconf")
OFFLOADS = "tx rx tso gso gro".split()


def mac(net, host):
    return f"02:00:00:00:{net:02x}:{host:02x}"


class Port:
    """An interface of a host: eth0, or the router's near (to the client) and far (to the server)."""

    def __init__(self, name, net, number, pattern, pattern_v6, hosts):
        self.name, self.mac = name, mac(net, number)
        self.hosts, self.patterns = hosts, {4: (pattern, 24), 6: (pattern_v6, 64)}
        self.neighbours = {(net, n): mac(net, CLIENTS[0] if net == 1 else SERVERS[0])
                           for n in (CLIENTS if net == 1 else SERVERS)}
        self.neighbours[net, ROUTER] = mac(net, ROUTER)

    def own(self, version):
        pattern, _ = self.patterns[version]
        return [ipaddress.ip_address(pattern.format(host)) for host in self.hosts]

    def setup(self):
        """Lines for ip -batch."""
        for version, (pattern, length) in self.patterns.items():
            for address in self.own(version):
                yield f"address add {address}/{length} dev {self.name}" + " nodad" * (version == 6)
            for (_, host), their_mac in self.neighbours.items():
                if host not in self.hosts:
                    yield (f"neighbour replace {pattern.format(host)} lladdr {their_mac} "
                           f"nud permanent dev {self.name}")


class Host(Namespace):
    """A namespace with its interfaces, and how to set it up and ask it."""

    def __init__(self, name, *ports, gateway=None):
        super().__init__()
        self.name, self.ports, self.gateway = name, {port.name: port for port in ports}, gateway
        for key in QUIET:
            self.sysctl(key, 0)
        for key in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
            self.sysctl(key, 0 if gateway else 1)

    def connect(self, wire, port, end):
        """A cable from the interface to `end` of the wire."""
        self.run("ip", "link", "add", port.name, "address", port.mac, "type", "veth",
                 "peer", "name", end, "netns", wire.path)
        for place, name in ((self, port.name), (wire, end)):
            place.run("ethtool", "-K", name, *(word for name in OFFLOADS for word in (name, "off")))
            place.run("ip", "link", "set", name, "up")

    def configure(self):
        lines = ["link set lo up", *(line for port in self.ports.values() for line in port.setup())]
        if self.gateway:
            lines += [f"route add default via {pattern.format(ROUTER)}" for pattern in self.gateway]
        self.run("ip", "-batch", "-", given="\n".join(lines))

    def nft(self, rules):
        self.run("nft", "-f", "-", given=rules)

    @contextlib.contextmanager
    def rule(self, hook, *rules):
        """Packet filter rules (nft) that hold within."""
        self.nft(f"table inet lab {{ chain rules {{ type filter hook {hook} priority 0;\n"
                 + "\n".join(rules) + "\n}\n}")
        try:
            yield
        finally:
            self.nft("delete table inet lab")

    def rule_hits(self):
        """Packets that met a rule with the word `counter`."""
        words = self.run("nft", "list", "table", "inet", "lab").split()
        return sum(int(words[at + 1]) for at, word in enumerate(words) if word == "packets")


class Network:
    """near_ms and far_ms: one-way delay from client to router and from router to server."""

    def __init__(self, near_ms, far_ms):
        near, far = (1, CLIENT_NET, CLIENT_NET_V6), (2, SERVER_NET, SERVER_NET_V6)

        def port(name, number, net, hosts):
            return Port(name, net[0], number, net[1], net[2], hosts)

        self.client = Host("client", port("eth0", CLIENTS[0], near, CLIENTS), gateway=near[1:])
        self.router = Host("router", port("near", ROUTER, near, (ROUTER,)),
                           port("far", ROUTER, far, (ROUTER,)))
        self.server = Host("server", port("eth0", SERVERS[0], far, SERVERS), gateway=far[1:])
        self.wire = Namespace()
        self.forwarder = None
        self.build(near_ms, far_ms)

    def build(self, near_ms, far_ms):
        self.wire.sysctl("net.ipv6.conf.default.disable_ipv6", 1)
        near, far = self.router.ports["near"], self.router.ports["far"]
        self.client.connect(self.wire, self.client.ports["eth0"], "client")
        self.router.connect(self.wire, near, "near")
        self.router.connect(self.wire, far, "far")
        self.server.connect(self.wire, self.server.ports["eth0"], "server")
        for host in (self.client, self.router, self.server):
            host.configure()
        self.forwarder = self.wire.start(sys.executable, WIRE, f"client,near,{near_ms}",
                                         f"far,server,{far_ms}", stdout=subprocess.PIPE)
        wait.until_line(self.forwarder, self.forwarder.stdout, "ready")

    def close(self):
        if self.forwarder:
            wait.end(self.forwarder)
        for namespace in (self.client, self.router, self.server, self.wire):
            namespace.close()
