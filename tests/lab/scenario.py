# The list of scenarios: each a function that provokes resets in a Lab and says what they are in truth.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import dataclass
from typing import Callable

SCENARIOS = {}
BOTH = ("client", "server")


@dataclass(frozen=True)
class Scenario:
    """points: where it is captured.  near_ms, far_ms: one-way delay from client to router and from router
    to server.  version: of IP."""
    name: str
    what: str
    play: Callable
    points: tuple
    near_ms: float
    far_ms: float
    version: int


def scenario(what, points=("client",), near_ms=5, far_ms=10, v6=False):
    """The function's name is the scenario's.  v6: the same over IPv6 is a scenario, too."""
    def remember(play):
        for version, suffix, note in ((4, "", ""), (6, "-v6", " Over IPv6."))[:1 + v6]:
            name = play.__name__.replace("_", "-") + suffix
            assert name not in SCENARIOS and not name.endswith("-server"), name
            told = " ".join(what.split()) + note
            SCENARIOS[name] = Scenario(name, told, play, points, near_ms, far_ms, version)
        return play
    return remember
