# The kernel's own word: counters of a namespace, and the reason it gives for each reset it sends.
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import contextlib
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

TRACING = Path("/sys/kernel/tracing")
INSTANCE = "tcprst-lab-"
EVENT = "events/tcp/tcp_send_reset"
SENT = re.compile(r"tcp_send_reset:.* src=(\S+) dest=(\S+) state=(\S+)(?: reason=(\S+))?")
TELLING = """TcpRetransSegs TcpExtTCPTimeouts TcpExtTCPSynRetrans TcpOutRsts TcpEstabResets
             TcpAttemptFails TcpExtListenOverflows TcpExtListenDrops
             TcpExtEmbryonicRsts TcpExtSyncookiesSent TcpExtSyncookiesRecv TcpExtSyncookiesFailed
             TcpExtTCPReqQFullDoCookies TcpExtTCPReqQFullDrop TcpExtTCPAbortOnData TcpExtTCPAbortOnClose
             TcpExtTCPAbortOnMemory TcpExtTCPAbortOnTimeout TcpExtTCPAbortOnLinger TcpExtTCPKeepAlive
             TcpExtTCPChallengeACK TcpExtTCPSYNChallenge TcpExtPAWSEstab
             TcpExtTCPBacklogDrop TcpExtTCPZeroWindowDrop TcpExtTCPToZeroWindowAdv TcpExtTCPWinProbe
             TcpExtTCPMTUPFail TcpExtTCPMTUPSuccess TcpExtTCPFastOpenActiveFail TcpExtTCPFastOpenBlackhole
             IpOutNoRoutes IpExtInNoRoutes IpFragFails IcmpOutDestUnreachs
             Ip6OutNoRoutes Ip6InNoRoutes Ip6FragFails Icmp6OutDestUnreachs Icmp6OutPktTooBigs""".split()
TRACKING = {"insert_failed", "drop", "early_drop"}  # names of conntrack -S


def table(text):
    """/proc/net/snmp and netstat: a line of names, then a line of values."""
    lines = iter(text.splitlines())
    for names, values in zip(lines, lines):
        group, _, names = names.partition(":")
        group = "" if group == "Tcp" else group
        prefix = "Tcp" if group == "" else group
        yield from zip((prefix + name for name in names.split()), map(int, values.split()[1:]))


def counters(namespace):
    """By their names in nstat."""
    found = {}
    for file in ("snmp", "netstat"):
        found |= table(namespace.read(f"/proc/thread-self/net/{file}"))
    for line in namespace.read("/proc/thread-self/net/snmp6").splitlines():
        name, value = line.split()
        found[name] = int(value)
    return found


def filtered(host):
    """What a packet filter there counted: nft, the packets that its rules with the word `counter` met, and what
    connection tracking dropped."""
    found = collections.Counter({"nft": host.filtered})
    with contextlib.suppress(OSError):
        names, *lines = host.read("/proc/thread-self/net/stat/nf_conntrack").splitlines()
        for line in lines:
            found.update({name: int(value, 16) for name, value in zip(names.split(), line.split())
                          if name in TRACKING})
    return {name: count for name, count in found.items() if count}


def growth(before, after):
    """Of the counters that tell about failures, those that moved."""
    moved = {name: after.get(name, 0) - before.get(name, 0) for name in TELLING}
    return {name: by for name, by in moved.items() if by}


def split(endpoint):
    """'192.0.2.1:80' or '[2001:db8::1]:80' as (address, port)."""
    address, _, port = endpoint.rpartition(":")
    return address.strip("[]"), int(port)


@dataclass(frozen=True)
class Reset:
    src: tuple
    dst: tuple
    state: str  # of the socket
    reason: str | None


def mount_tracing():
    """As systemd does at boot; a container or a small virtual machine often goes without.  It stays mounted."""
    if TRACING.is_dir() and not any(TRACING.iterdir()):
        subprocess.run(["mount", "-t", "tracefs", "none", TRACING], check=False, stderr=subprocess.DEVNULL)


def remove_orphans():
    """Instances of runs that were killed."""
    for old in (TRACING / "instances").glob(INSTANCE + "*"):
        if not Path("/proc", old.name.removeprefix(INSTANCE)).exists():
            old.rmdir()


class Trace:
    """The tcp_send_reset events of the whole machine while it is open, in a private instance."""

    def __init__(self):
        self.instance = TRACING / "instances" / f"{INSTANCE}{os.getpid()}"
        mount_tracing()
        self.on = (TRACING / EVENT).is_dir()
        if self.on:
            remove_orphans()
            self.instance.mkdir()
            (self.instance / EVENT / "enable").write_text("1")

    def resets(self):
        """In the order of their sending."""
        if not self.on:
            return []
        found = SENT.findall((self.instance / "trace").read_text())
        return [Reset(split(src), split(dst), state, reason or None) for src, dst, state, reason in found]

    def clear(self):
        if self.on:
            (self.instance / "trace").write_text("")

    def close(self):
        with contextlib.suppress(FileNotFoundError):
            if self.on:
                self.instance.rmdir()
