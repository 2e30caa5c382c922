# Small tools that knock: the real hping3 (segments made by hand) and ncat.
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib

from lab.netns import LabError
from lab.scenario import scenario

CLOSED, PROBES = 23, 4
HPING = ("hping3", "-n", "-q", "-I", "eth0", "-c", str(PROBES), "-i", "u200000")


def hping(lab, port, *how):
    """Some probes, each from a port of its own, with time for an answer in between."""
    with contextlib.suppress(LabError):  # its exit status tells of lost answers
        lab.client.run(*HPING, *how, "-a", str(lab.address(lab.client)), "-p", str(port),
                       str(lab.address(lab.server)))
    lab.fence()


def at(lab, port):
    return None, (str(lab.address(lab.server)), port)


def opened(lab):
    lab.listen(lab.ssh, lab.web)
    lab.chat(lab.web, lab.ssh, client=1)


@scenario("hping3 -S asks for an open and a closed port, with SYNs without options.", needs=("hping3",))
def hping_syn(lab):
    opened(lab)
    hping(lab, lab.web, "-S")
    lab.chat(lab.ssh, client=1)
    hping(lab, CLOSED, "-S")
    lab.expect(at(lab, lab.web), "half-open-probe", "half-open", "client RST")
    lab.expect(at(lab, CLOSED), "port-closed", "syn-sent", "server RST+ACK")
    lab.chat(lab.web, client=1)


@scenario("hping3 -A sends ACKs outside any connection to an open and a closed port.", needs=("hping3",))
def hping_ack(lab):
    opened(lab)
    for port in (lab.web, CLOSED):
        hping(lab, port, "-A")
        lab.expect(at(lab, port), "stray-probe", "midstream", "server RST")
    lab.chat(lab.web, client=1)


@scenario("hping3 -F sends FINs outside any connection: the open port is silent, the closed one answers.",
          needs=("hping3",))
def hping_fin(lab):
    opened(lab)
    for port in (lab.web, CLOSED):
        hping(lab, port, "-F")
    lab.expect(at(lab, CLOSED), "stray-probe", "midstream", "server RST+ACK")
    lab.chat(lab.web, client=1)


@scenario("hping3 sends data outside any connection (PSH, ACK and 64 bytes) to an open port.",
          needs=("hping3",))
def hping_data(lab):
    opened(lab)
    hping(lab, lab.web, "-P", "-A", "-d", "64")
    lab.expect(at(lab, lab.web), "stray-probe", "midstream", "server RST")
    lab.chat(lab.web, client=1)


@scenario("""ncat -z looks whether ports are open: it connects and closes in order; only the closed one
          refuses. Nothing else is reset.""", v6=True, needs=("ncat",))
def ncat_look(lab):
    opened(lab)
    for port in (lab.web, CLOSED, lab.ssh):
        with contextlib.suppress(LabError):
            lab.client.run("ncat", "-n", "-z", "-w", "5", str(lab.address(lab.server)), str(port))
        lab.fence()
    lab.expect(at(lab, CLOSED), "port-closed", "syn-sent", "server RST+ACK")
    for port in (lab.web, lab.ssh):
        lab.clear_queue(port)
    lab.chat(lab.web, client=1)
