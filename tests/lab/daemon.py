# Real daemons on a host: started with a configuration of the scenario's own, ended whatever they fork.
# SPDX-License-Identifier: GPL-2.0-or-later

import re

from lab import wait
from lab.netns import LabError

IN_A_BOX = "unshare --mount --pid --fork --kill-child".split()  # what it forks and mounts ends with it
MOUNT_AND_RUN = 'while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit; shift 2; done; shift; exec "$@"'


def listens(host, port):
    """Whether anybody has opened the port there."""
    sockets = re.compile(rf":{port:04X} 0+:0000 0A ")
    return any(sockets.search(host.read(f"/proc/thread-self/net/{table}")) for table in ("tcp", "tcp6"))


def serve(lab, *command, ports, host=None, over=None):
    """Starts a daemon and waits for its ports.  over: {path: what the daemon finds there instead}; the
    machine's own stays as it is."""
    host, log = host or lab.server, lab.folder / "daemon.log"
    mounts = [str(word) for path, own in (over or {}).items() for word in (own, path)]
    with log.open("ab") as written:
        process = lab.start(host, *IN_A_BOX, "sh", "-c", MOUNT_AND_RUN, "sh", *mounts, "--", *command,
                            stdout=written, stderr=written)
    wait.until(lambda: process.poll() is not None or all(listens(host, port) for port in ports),
               f"{command[0]} opens its ports")
    if process.poll() is not None:
        raise LabError(f"{command[0]} ended: {log.read_text(errors='replace')}")
    return process


def configure(lab, name, text, **values):
    """A configuration file; returns its path."""
    file = lab.folder / name
    file.write_text(text.format(folder=lab.folder, **values))
    return file
