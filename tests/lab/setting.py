# What differs between the two sets of recordings: addresses, ports, delays, and what is said.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Weights are set on `tune` and measured on `check`.  Addresses are those for documentation (RFC 5737,
RFC 3849)."""

import random
from dataclasses import dataclass, replace

from lab import speech


@dataclass(frozen=True)
class Setting:
    """client_nets and server_nets: patterns of addresses by version of IP; hosts are the numbers in them.
    near_times, far_times: factors for a scenario's delays.  ports: by what is spoken there."""
    name: str
    client_nets: dict
    server_nets: dict
    router: int
    clients: tuple
    second_client: int
    servers: tuple
    second_server: int
    near_times: float
    far_times: float
    ports: dict
    said: speech.Speech
    seed: int | None = None

    @property
    def options(self):
        """Of tests/lab/run."""
        return f"--set {self.name}" + (f" --seed {self.seed}" if self.seed is not None else "")

    def dialogue(self, port):
        """What is usual on a port: (who, what) in turn."""
        name = next((name for name, number in self.ports.items() if number == port), "web")
        return self.said.dialogue(name)


TUNE = Setting(
    "tune", {4: "192.0.2.{}", 6: "2001:db8:1::{}"}, {4: "198.51.100.{}", 6: "2001:db8:2::{}"},
    router=1, clients=(10, 11, 12), second_client=15, servers=(20, 21), second_server=30,
    near_times=1, far_times=1,
    ports={"web": 80, "ssh": 22, "mail": 25, "redis": 6379, "alt": 8080, "tls": 443},
    said=speech.PLAIN)

CHECK = Setting(
    "check", {4: "203.0.113.{}", 6: "2001:db8:c::{}"}, {4: "192.0.2.{}", 6: "2001:db8:d::{}"},
    router=254, clients=(77, 81, 90), second_client=99, servers=(5, 6), second_server=9,
    near_times=4, far_times=1.5,
    ports={"web": 8000, "ssh": 2222, "mail": 587, "redis": 7001, "alt": 9090, "tls": 8443},
    said=speech.WORDY)

SETTINGS = {setting.name: setting for setting in (TUNE, CHECK)}
DOCUMENTATION_NETS = ("192.0.2.{}", "198.51.100.{}", "203.0.113.{}")
HOSTS = range(2, 200)
PORTS = range(1200, 30000)
USUAL_PORTS_IN = 2  # of so many recordings, one keeps the ports that a set has


def seeded(setting, seed):
    """The same set with other addresses, ports and delays, which the seed chooses."""
    rng = random.Random(f"{setting.name} {seed}")
    near, far = rng.sample(DOCUMENTATION_NETS, 2)
    near_v6, far_v6 = (f"2001:db8:{number:x}::{{}}" for number in rng.sample(range(256, 4096), 2))
    router, second_client, second_server, *numbers = rng.sample(
        HOSTS, 3 + len(setting.clients) + len(setting.servers))
    clients, servers = numbers[:len(setting.clients)], numbers[len(setting.clients):]
    ports = setting.ports if rng.randrange(USUAL_PORTS_IN) == 0 \
        else dict(zip(setting.ports, rng.sample(PORTS, len(setting.ports))))
    return replace(setting, seed=seed, client_nets={4: near, 6: near_v6}, server_nets={4: far, 6: far_v6},
                   router=router, clients=tuple(clients), second_client=second_client, servers=tuple(servers),
                   second_server=second_server, near_times=round(rng.uniform(0.6, 5), 2),
                   far_times=round(rng.uniform(0.6, 3), 2), ports=ports)
