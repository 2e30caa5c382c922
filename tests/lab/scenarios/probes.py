# Somebody knocks and does not mean to talk: scanners and health checks.
# SPDX-License-Identifier: GPL-2.0-or-later

import subprocess

from lab import forge, wait
from lab.lab import abort_on_close
from lab.scenario import BOTH, scenario
from lab.speech import PING, PONG
from synth.wire import ACK, FIN, PSH, SYN, tcp_options

CLOSED = (21, 23, 110, 3128)
MSS_ONLY = tcp_options(["mss"], {"mss": 1460})
RAW = {"ttl": 48, "ident": 0x4d2e, "df": False}  # a tool that builds its packets itself
HAPROXY = """
defaults
    mode tcp
    timeout connect 900ms
    timeout client 5s
    timeout server 5s
listen nothing
    bind 127.0.0.1:8404
backend app
{options}
    server one {address}:{port} check inter 1s
"""


@scenario("""A SYN scan by a raw-socket tool (window 1024, MSS only, TTL 48, as nmap -sS): the scanner's
          kernel has no socket and resets each SYN/ACK; closed ports refuse.""")
def half_open_scan(lab):
    lab.listen(lab.ssh, lab.web, lab.tls)
    lab.chat(lab.web, client=1)
    tap = forge.Tap(lab, lab.client, "eth0")
    scanner, target = (str(lab.address(lab.client)), 51311), str(lab.address(lab.server))
    for port in (lab.tls, 21, lab.ssh, 23, lab.web, lab.mail, lab.alt):
        tap.send(scanner, (target, port), forge.random_number(), 0, SYN, 1024, MSS_ONLY, **RAW)
        if port in (lab.ssh, lab.web, lab.tls):
            lab.expect((scanner, (target, port)), "half-open-probe", "half-open", "client RST")
        else:
            lab.expect((scanner, (target, port)), "port-closed", "syn-sent", "server RST+ACK")
    lab.until_resets(lab.client, 3)
    lab.until_resets(lab.server, 4)
    lab.chat(lab.ssh, client=1)


@scenario("""A connect() scan over open and closed ports of one host: each handshake is completed and
          reset by the client at once (SO_LINGER 0), as nmap -sT does.""")
def connect_scan(lab):
    ports = {*lab.setting.ports.values(), 993, 3306, 5432, 8081}
    lab.listen(*ports)
    lab.chat(lab.web, client=1)
    for port in sorted(ports.union(CLOSED)):
        if port in CLOSED:
            lab.expect(lab.refused(port), "port-closed", "syn-sent", "server RST+ACK")
            continue
        connection = lab.open(port)
        abort_on_close(connection.client)
        lab.expect(connection, "connect-probe", "handshake-done", "client RST+ACK")


@scenario("""Stealth probes outside any connection: ACK to an open and a closed port, then FIN, NULL and
          Xmas to closed ones (RST+ACK) while open ones stay silent.""")
def stray_probes(lab):
    lab.listen(lab.ssh, lab.web)
    lab.chat(lab.web, client=1)
    tap = forge.Tap(lab, lab.client, "eth0")
    target = str(lab.address(lab.server))
    probes = ((lab.web, ACK), (81, ACK), (21, FIN), (lab.ssh, FIN), (23, 0), (lab.mail, FIN | PSH | 0x20))
    for number, (port, flags) in enumerate(probes):
        key = (str(lab.address(lab.client)), 40100 + number), (target, port)
        ack = forge.random_number() if flags & ACK else 0
        tap.send(*key, forge.random_number(), ack, flags, 1024, **RAW)
        if (port, flags) != (lab.ssh, FIN):
            lab.expect(key, "stray-probe", "midstream", "server RST" + "+ACK" * (not flags & ACK))
    lab.until_resets(lab.server, 5)
    lab.chat(lab.ssh, client=1)


def check_health(lab, port, *options):
    """haproxy on the client's host checks the server's port every second."""
    address = str(lab.address(lab.server))
    config = lab.folder / "haproxy.cfg"
    config.write_text(HAPROXY.format(options="\n".join(options), address=address, port=port))
    lab.start(lab.client, "haproxy", "-db", "-f", config, stdout=subprocess.DEVNULL,
              stderr=subprocess.DEVNULL)
    return None, (address, port)


@scenario("""haproxy checks the server's port every second (plain TCP check) while clients are served.""",
          points=BOTH)
def health_check(lab):
    lab.listen(lab.web)
    checked = check_health(lab, lab.web)
    for count in range(1, 5):
        lab.until_resets(lab.client, count)
        lab.chat(lab.web, client=1)
    lab.expect(checked, "health-check", "half-open", "client RST+ACK")


@scenario("""haproxy checks the server every second and wants an answer (option tcp-check: PING, +PONG);
          it ends each check with a RST.""")
def health_check_ping(lab):
    listener = lab.listen(lab.redis)
    checked = check_health(lab, lab.redis, "option tcp-check", "tcp-check send PING\\r\\n",
                           "tcp-check expect string +PONG")
    for count in range(1, 5):
        wait.until_readable(listener, "a check")
        server = lab.keep(listener.accept()[0])
        server.recv(len(PING))
        server.sendall(PONG)
        lab.until_resets(lab.client, count)
    lab.expect(checked, "health-check", "response-sent", "client RST+ACK")
