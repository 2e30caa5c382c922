# The list of scenarios: each a function that provokes resets in a Lab and says what they are in truth.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import dataclass
from typing import Callable

SCENARIOS = {}
BOTH = ("client", "server")
EVERYWHERE = ("client", "between", "server")


@dataclass(frozen=True)
class Scenario:
    """family: the module it is in.  points: where it is captured ("between" is at the router).  near_ms, far_ms:
    one-way delay from client to router and from router to server, before the setting's factors.  version: of IP.
    sysctls: set to 0 on the clients.  needs: programs.  patience_s: those with a longer one than usual run only
    when named."""
    name: str
    family: str
    what: str
    play: Callable
    points: tuple
    near_ms: float
    far_ms: float
    version: int
    sysctls: tuple
    needs: tuple
    patience_s: int

    @property
    def is_slow(self):
        return self.patience_s > USUAL_PATIENCE_S


USUAL_PATIENCE_S = 60
FULL, NO_TIMESTAMPS, BARE = "", "no-timestamps", "bare"
CLIENTS = {  # {variant: (what is said of it, sysctls of the clients)}
    FULL: ("", ()),
    NO_TIMESTAMPS: (" The clients offer no timestamps.", ("net.ipv4.tcp_timestamps",)),
    BARE: (" The clients offer neither timestamps, SACK nor window scaling.",
           ("net.ipv4.tcp_timestamps", "net.ipv4.tcp_sack", "net.ipv4.tcp_window_scaling"))}


def scenario(what, points=("client",), near_ms=5, far_ms=10, v6=False, clients=(FULL,), needs=(),
             patience_s=USUAL_PATIENCE_S):
    """The function's name is the scenario's.  v6: the same over IPv6 is a scenario, too; clients: and the
    same with clients that offer fewer options."""
    def add(play, variant, version):
        name = "-".join(filter(None, (play.__name__.replace("_", "-"), variant, "v6" * (version == 6))))
        assert name not in SCENARIOS and not name.endswith("-server"), name
        family = play.__module__.rpartition(".")[2].replace("_", "-")
        told, sysctls = CLIENTS[variant]
        text = " ".join(what.split()) + told + " Over IPv6." * (version == 6)
        at = points if version == 4 else points[:1]  # what differs shows on either side
        SCENARIOS[name] = Scenario(name, family, text, play, at, near_ms, far_ms, version, sysctls,
                                   needs, patience_s)

    def remember(play):
        for variant in clients:
            add(play, variant, 4)
        if v6:
            add(play, FULL, 6)
        return play
    return remember
