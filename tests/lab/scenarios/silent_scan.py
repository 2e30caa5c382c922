# Many attempts that get no answer belong together: scans, and floods whose senders do not exist.
# SPDX-License-Identifier: GPL-2.0-or-later

import ipaddress

from lab import forge, hang
from lab.scenario import scenario
from lab.scenarios.silent_host import DEAD, SILENT, dead
from synth.wire import SYN, tcp_options

OFFER = tcp_options(("mss", "nop", "nop", "sack"), {"mss": 1460})
FIRST_PORT = 1000
STRANGERS = range(200, 212)


def knock(lab, count, **which):
    return [lab.dial(FIRST_PORT + number, **which).start() for number in range(count)]


@scenario("""Someone tries 24 ports of a host, of which its packet filter drops all but two; each SYN is repeated
          once.""")
def scan_filtered_host(lab):
    hang.limit(lab.client, syn=1)
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.server, "input", f"tcp dport {FIRST_PORT}-{FIRST_PORT + 99} counter drop"):
        lost = knock(lab, 12)
        lab.chat(lab.web, lab.ssh)
        lost += [lab.dial(FIRST_PORT + number).start() for number in range(12, 24)]
        hang.until_given_up(*lost)
        hang.pass_time(1)
        lab.chat(lab.web)
    for connection in lost:
        lab.expect_silence(connection, "port-filtered", "syn-sent", cause=("port-filtered", "no-answer"))


@scenario("""Someone tries 12 ports of a host that is off; each SYN is repeated once. A neighbour works.""", v6=True)
def scan_dead_host(lab):
    hang.limit(lab.client, syn=1)
    lab.listen(lab.web)
    with lab.rule(lab.server, "prerouting", f"{dead(lab)} counter drop"):
        lost = knock(lab, 12, server=DEAD)
        lab.chat(lab.web)
        hang.until_given_up(*lost)
        hang.pass_time(1)
        lab.chat(lab.web)
    for connection in lost:
        lab.expect_silence(connection, "host-silent", "syn-sent", cause=SILENT)


@scenario("""SYNs come from a dozen addresses at which there is nobody: the server's SYN/ACKs to them are repeated in
          vain, while real clients are served.""", points=("server",), v6=True)
def flood_from_nowhere(lab):
    hang.limit(lab.server, syn_ack=2)
    lab.listen(lab.web)
    lab.chat(lab.web)
    tap = forge.Tap(lab, lab.router, "far")
    server = str(lab.address(lab.server)), lab.web
    sources = [str(ipaddress.ip_address(lab.setting.client_nets[lab.version].format(number))) for number in STRANGERS]
    for source in sources:
        lab.router.run("ip", "route", "add", "blackhole", source)
    for number, source in enumerate(sources):
        tap.send((source, 40000 + number), server, forge.random_number(), 0, SYN, 64240, OFFER, ttl=50 + number % 3)
    lab.chat(lab.web)
    hang.pass_time(1.5)
    lab.chat(lab.web, client=1)
    hang.pass_time(3)
    lab.end_capture()
    for number, source in enumerate(sources):
        lab.expect_silence(((source, 40000 + number), server), "no-answer", "half-open", "client",
                           cause=("no-answer", "host-silent", "peer-vanished"))
