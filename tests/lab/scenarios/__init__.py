# All scenarios; importing this package fills the list in scenario.py.  A module is a family.
# SPDX-License-Identifier: GPL-2.0-or-later

import importlib
import pkgutil

from lab.scenario import SCENARIOS

for module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{module.name}")

# Families that only `check` has: no weight was ever set on them, so that what is right there comes from
# understanding and not from remembering a scenario.  At least one family in four.
HELD_OUT = frozenset("""nginx sshd tls-terminator slirp passt hping happy-eyeballs connlimit
                        mptcp forged-burst forged-blind
                        silent-intolerant silent-translation silent-proxy silent-view""".split())


def of_set(setting_name):
    """The scenarios of a set, by name.  Clients that offer less are in `check` only, too."""
    return {name: scenario for name, scenario in SCENARIOS.items()
            if setting_name == "check" or not (scenario.family in HELD_OUT or scenario.sysctls)}
