# Builds clients - wires - router - wires - servers, each host in a namespace of its own.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Neighbours are entered by hand, so that no ARP or neighbour discovery runs; offloads are off, so that
captures show the checksums of the wire.  A host's MAC address ends in its number."""

import contextlib
import ipaddress
import subprocess
import sys
from pathlib import Path

from lab import wait
from lab.netns import Namespace

WIRE = Path(__file__).with_name("wire.py")
PREFIX_BITS = {4: 24, 6: 64}
QUIET = ("net.ipv6.conf.default.accept_dad", "net.ipv6.conf.default.router_solicitations",
         "net.ipv6.conf.default.autoconf")
OFFLOADS = "tx rx tso gso gro".split()
NEAR, FAR = 1, 2


def mac(net, host):
    return f"02:00:00:00:{net:02x}:{host:02x}"


class Port:
    """An interface: eth0 of a host, or one of the router's.  own: numbers of the addresses it has;
    peers: {number: MAC address} of who is at the other end."""

    def __init__(self, name, nets, own, address, peers):
        self.name, self.nets, self.numbers, self.mac, self.peers = name, nets, own, address, peers

    def own(self, version):
        return [ipaddress.ip_address(self.nets[version].format(number)) for number in self.numbers]

    def setup(self):
        """Lines for ip -batch."""
        for version, bits in PREFIX_BITS.items():
            for address in self.own(version):
                yield f"address add {address}/{bits} dev {self.name}" + " nodad" * (version == 6)
            for number, their_mac in self.peers.items():
                yield (f"neighbour replace {self.nets[version].format(number)} lladdr {their_mac} "
                       f"nud permanent dev {self.name}")


class Host(Namespace):
    """A namespace with its interfaces, and how to set it up and ask it.  gateway: number of the router in
    eth0's net; None: it is the router."""

    def __init__(self, name, *ports, gateway=None):
        super().__init__()
        self.name, self.ports, self.gateway = name, {port.name: port for port in ports}, gateway
        self.filtered = 0  # packets that rules with the word `counter` met, of those that hold no longer
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

    def configure(self, routes=()):
        lines = ["link set lo up", *(line for port in self.ports.values() for line in port.setup()), *routes]
        if self.gateway:
            lines += [f"route add default via {self.ports['eth0'].nets[version].format(self.gateway)}"
                      for version in PREFIX_BITS]
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
            self.filtered += self.rule_hits()
            self.nft("delete table inet lab")

    def rule_hits(self):
        """Packets that met a rule with the word `counter`."""
        words = self.run("nft", "list", "table", "inet", "lab").split()
        return sum(int(words[at + 2]) for at, word in enumerate(words) if word == "counter")


class Network:
    """near_ms and far_ms: one-way delay from clients to router and from router to servers.

    The second client and the second server have a cable and a port of the router each.  The second server
    has the servers' addresses, too, but they are routed there only while `flip` is on."""

    def __init__(self, setting, near_ms, far_ms):
        self.setting = setting
        near, far, router = setting.client_nets, setting.server_nets, setting.router

        def host(name, net, nets, numbers):
            return Host(name, Port("eth0", nets, numbers, mac(net, numbers[0]), {router: mac(net, router)}),
                        gateway=router)

        def port(name, net, nets, numbers, own=()):
            return Port(name, nets, own, mac(net, router), dict.fromkeys(numbers, mac(net, numbers[0])))

        second_client, second_server = (setting.second_client,), (setting.second_server, *setting.servers)
        self.client = host("client", NEAR, near, setting.clients)
        self.second_client = host("second client", NEAR, near, second_client)
        self.server = host("server", FAR, far, setting.servers)
        self.second_server = host("second server", FAR, far, second_server)
        self.router = Host("router", port("near", NEAR, near, setting.clients, (router,)),
                           port("far", FAR, far, setting.servers, (router,)),
                           port("near2", NEAR, near, second_client), port("far2", FAR, far, second_server))
        self.hosts = (self.client, self.second_client, self.server, self.second_server, self.router)
        self.wire = Namespace()
        self.forwarder = None
        self.build(near_ms * setting.near_times, far_ms * setting.far_times)

    def build(self, near_ms, far_ms):
        self.wire.sysctl("net.ipv6.conf.default.disable_ipv6", 1)
        wires = ((self.client, "near", near_ms), (self.second_client, "near2", near_ms),
                 (self.server, "far", far_ms), (self.second_server, "far2", far_ms))
        for host, port, _ in wires:
            host.connect(self.wire, host.ports["eth0"], host.name.replace(" ", "-"))
            self.router.connect(self.wire, self.router.ports[port], port)
        for host in self.hosts[:-1]:
            host.configure()
        self.router.configure(line for port, nets, number in (
            ("near2", self.setting.client_nets, self.setting.second_client),
            ("far2", self.setting.server_nets, self.setting.second_server))
            for line in routes("add", nets, [number], port))
        self.forwarder = self.wire.start(
            sys.executable, WIRE, *(f"{host.name.replace(' ', '-')},{port},{delay}" for host, port, delay in wires),
            stdout=subprocess.PIPE)
        wait.until_line(self.forwarder, self.forwarder.stdout, "ready")

    def flip(self, on):
        """From now on the servers' addresses lead to the second server, or to the first again."""
        lines = routes("add" if on else "delete", self.setting.server_nets, self.setting.servers, "far2")
        self.router.run("ip", "-batch", "-", given="\n".join(lines))

    def close(self):
        if self.forwarder:
            wait.end(self.forwarder)
        for namespace in (*self.hosts, self.wire):
            namespace.close()


def routes(verb, nets, numbers, port):
    """Lines for ip -batch."""
    return [f"route {verb} {nets[version].format(number)}/{32 if version == 4 else 128} dev {port}"
            for version in PREFIX_BITS for number in numbers]
