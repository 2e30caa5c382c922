# All scenarios; importing this package fills the list in scenario.py.  A module is a family.
# SPDX-License-Identifier: GPL-2.0-or-later

import importlib
import pkgutil

for module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{module.name}")

# Families that only `check` has: no weight was ever set on them, so that what is right there comes from
# understanding and not from remembering a scenario.  At least one family in four.
HELD_OUT = frozenset("""nginx sshd tls-terminator slirp passt lwip nmap hping happy-eyeballs connlimit
                        mptcp forged-burst forged-blind""".split())
