# The real nmap looks at the server's ports.
# SPDX-License-Identifier: GPL-2.0-or-later

import subprocess

from lab import wait
from lab.lab import until_closed
from lab.scenario import scenario

CLOSED = (21, 23, 110, 3128)
NMAP = ("nmap", "-n", "-r", "-Pn", "--disable-arp-ping", "--max-retries", "1", "--host-timeout", "20s")


def command(lab, how, *ports):
    version = ("-6",) * (lab.version == 6)
    return (*NMAP, *version, *how.split(), "-S", str(lab.address(lab.client)), "-e", "eth0", "-p",
            ",".join(map(str, ports)), str(lab.address(lab.server)))


def scan(lab, how, *ports):
    """nmap on the client's host, to its end."""
    lab.client.run(*command(lab, how, *ports))
    lab.fence()


def at(lab, port):
    """All connections to a port, whoever made them."""
    return None, (str(lab.address(lab.server)), port)


def opened(lab):
    """Some open ports, used by another client."""
    ports = lab.ssh, lab.mail, lab.web
    lab.listen(*ports)
    lab.chat(lab.web, lab.ssh, client=1)
    return ports


def refused(lab, cause="port-closed", stage="syn-sent"):
    for port in CLOSED:
        lab.expect(at(lab, port), cause, stage, "server RST+ACK")


@scenario("nmap -sS (half-open scan) over open and closed ports.", v6=True, needs=("nmap",))
def nmap_half_open(lab):
    ports = opened(lab)
    scan(lab, "-sS", *ports, *CLOSED)
    for port in ports:
        lab.expect(at(lab, port), "half-open-probe", "half-open", "client RST")
    refused(lab)
    lab.chat(lab.web, client=1)


@scenario("nmap -sT (connect scan) over open and closed ports, by an ordinary user's means.", v6=True,
          needs=("nmap",))
def nmap_connect(lab):
    ports = opened(lab)
    scan(lab, "-sT", *ports, *CLOSED)
    for port in ports:
        lab.expect(at(lab, port), "connect-probe", "handshake-done", "client RST+ACK")
        lab.clear_queue(port)
    refused(lab)
    lab.chat(lab.web, client=1)


@scenario("nmap -sA (ACK scan): open and closed ports answer alike, with bare RSTs.",
          v6=True, needs=("nmap",))
def nmap_ack(lab):
    ports = opened(lab)
    scan(lab, "-sA", *ports, *CLOSED)
    for port in (*ports, *CLOSED):
        lab.expect(at(lab, port), "stray-probe", "midstream", "server RST")
    lab.chat(lab.web, client=1)


@scenario("nmap -sF (FIN scan): closed ports answer, open ones stay silent.", v6=True, needs=("nmap",))
def nmap_fin(lab):
    scan(lab, "-sF", *opened(lab), *CLOSED)
    refused(lab, "stray-probe", "midstream")
    lab.chat(lab.web, client=1)


@scenario("nmap -sN (a segment without flags): closed ports answer, open ones stay silent.", needs=("nmap",))
def nmap_null(lab):
    scan(lab, "-sN", *opened(lab), *CLOSED)
    refused(lab, "stray-probe", "midstream")
    lab.chat(lab.web, client=1)


@scenario("nmap -sX (FIN, PSH and URG at once): closed ports answer, open ones stay silent.", needs=("nmap",))
def nmap_xmas(lab):
    scan(lab, "-sX", *opened(lab), *CLOSED)
    refused(lab, "stray-probe", "midstream")
    lab.chat(lab.web, client=1)


@scenario("""nmap -sV (light): a half-open scan, then a connection to the open port, whose greeting says what
          it is.""", needs=("nmap",))
def nmap_versions(lab):
    opened(lab)
    listener = lab.listeners[str(lab.address(lab.server)), lab.ssh]
    nmap = lab.start(lab.client, *command(lab, "-sV --version-light", lab.ssh, *CLOSED),
                     stdout=subprocess.DEVNULL)
    wait.until_readable(listener, "nmap connects")
    server = lab.keep(listener.accept()[0])
    server.sendall(lab.said.server_banner)
    until_closed(server)
    server.close()
    nmap.wait(wait.PATIENCE_S)
    lab.expect(at(lab, lab.ssh), "half-open-probe", "half-open", "client RST")
    refused(lab)
    lab.chat(lab.web, client=1)
