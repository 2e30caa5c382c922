# The server's address is that of lwIP, the TCP of many small devices.
# SPDX-License-Identifier: GPL-2.0-or-later

import ctypes.util
import socket
import subprocess
import sys
from pathlib import Path

from lab import stack, wait
from lab.lab import LabError, until_closed, until_dead
from lab.scenario import BOTH, scenario

SERVER = Path(__file__).parent.with_name("lwip_server.py")
GATEWAY, MAC = "10.0.2.2", "02:12:34:56:78:ab"  # its tapif.c has this one


def serve(lab):
    """Ports by what the application does there."""
    if not ctypes.util.find_library("lwip"):
        raise LabError("missing: liblwip0")
    answer = lab.folder / "answer"
    answer.write_bytes(lab.said.answer)
    lab.server.run("ip", "tuntap", "add", stack.TAP, "mode", "tap")
    process = lab.start(lab.server, sys.executable, SERVER, str(stack.address(lab)), stack.TAP,
                        str(len(lab.said.request)), answer, f"until-end={lab.web}", f"serve={lab.ssh}",
                        f"unread={lab.mail}", f"linger0={lab.redis}", f"answer-unread={lab.tls}",
                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    wait.until_line(process, process.stdout, "ready")
    stack.lead_into_tap(lab, GATEWAY, MAC)


def visit(lab, port, **which):
    """An ordinary exchange."""
    connection = stack.connect(lab, port, **which).request().read_answer()
    connection.client.shutdown(socket.SHUT_WR)
    until_closed(connection.client)
    connection.client.close()


@scenario("""Nothing listens at a port of an lwIP device, which refuses with a window that is not 0; another
          port works.""", points=BOTH)
def lwip_closed_port(lab):
    serve(lab)
    visit(lab, lab.web)
    for client in (0, 1):
        connection = lab.refused(lab.alt, client=client, **stack.HERE)
        lab.expect(connection, "port-closed", "syn-sent", "server RST+ACK")
        visit(lab, lab.web, client=client)


def thrown_out(lab, port, truth, stage, answered=False):
    """Among others, which are served."""
    serve(lab)
    for client in (0, 1):
        visit(lab, lab.web)
        connection = stack.connect(lab, port, client=client).request()
        if answered:
            connection.read_answer()
        until_dead(connection.client)
        lab.expect(connection, truth, stage, "server RST+ACK")
    visit(lab, lab.web)


@scenario("The application of an lwIP device closes without having read the request.", points=BOTH)
def lwip_close_unread(lab):
    thrown_out(lab, lab.mail, "app-reject", "request-sent")


@scenario("The application of an lwIP device reads half of the request, answers, and closes.")
def lwip_answer_unread(lab):
    thrown_out(lab, lab.tls, "app-abort", "response-sent", answered=True)


@scenario("""The application of an lwIP device has closed (FIN): after its answer, and at once by SO_LINGER 0,
          which lwIP heeds only while there is something to send. The clients send more.""", points=BOTH)
def lwip_data_after_close(lab):
    serve(lab)
    visit(lab, lab.web)
    for port in (lab.ssh, lab.redis):
        connection = stack.connect(lab, port)
        if port == lab.ssh:
            connection.request().read_answer()
        until_closed(connection.client)
        lab.fence()
        connection.request()
        until_dead(connection.client)
        lab.expect(connection, "data-after-close", "closing", "server RST+ACK")
        visit(lab, lab.web, client=1)


@scenario("An lwIP device gets an ACK outside any connection.")
def lwip_stray_ack(lab):
    serve(lab)
    stack.stray_ack(lab, "server RST+ACK", visit)


@scenario("An lwIP device gets an ACK of what it never sent instead of that of its SYN/ACK.")
def lwip_wrong_ack(lab):
    serve(lab)
    stack.wrong_ack(lab, "server RST+ACK", visit)
