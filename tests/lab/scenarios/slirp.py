# The server's address is that of a user-mode stack, libslirp, as virtual machines and containers have it.
# SPDX-License-Identifier: GPL-2.0-or-later
"""It opens a connection of its own to the application before it answers a SYN."""

from lab import daemon, stack
from lab.scenario import BOTH, scenario

GATEWAY, GATEWAY_MAC = "10.0.2.2", "52:55:0a:00:02:02"
NEEDS = ("slirp4netns",)


def serve(lab):
    daemon.serve(lab, "slirp4netns", "--netns-type=path", lab.server.path, stack.TAP, ports=(),
                 host=lab.second_server)
    stack.lead_into_tap(lab, GATEWAY, GATEWAY_MAC)
    stack.listen(lab, lab.web)


@scenario("Nothing listens behind libslirp, which refuses with a window that is not 0; another port works.",
          points=BOTH, needs=NEEDS)
def slirp_closed_port(lab):
    serve(lab)
    stack.chat(lab, lab.web)
    for port in (lab.alt, lab.redis):
        lab.expect(lab.refused(port, **stack.HERE), "port-closed", "syn-sent", "server RST+ACK")
    stack.chat(lab, lab.web)


@scenario("""The application behind libslirp aborts (SO_LINGER 0): at once, after the request, after its
          answer.""", points=BOTH, needs=NEEDS)
def slirp_abort(lab):
    serve(lab)
    stack.abort(lab, "server RST+ACK")


@scenario("The application behind libslirp closes without having read the request.", needs=NEEDS)
def slirp_close_unread(lab):
    serve(lab)
    stack.close_unread(lab, "server RST+ACK")


@scenario("""The application behind libslirp has closed; the stack acknowledges what the client sends next and
          resets what comes after.""", points=BOTH, needs=NEEDS)
def slirp_data_after_close(lab):
    serve(lab)
    stack.data_after_close(lab, "server RST+ACK", 2)


@scenario("libslirp gets an ACK outside any connection.", needs=NEEDS)
def slirp_stray_ack(lab):
    serve(lab)
    stack.stray_ack(lab, "server RST")


@scenario("libslirp gets an ACK of what it never sent instead of that of its SYN/ACK.", needs=NEEDS)
def slirp_wrong_ack(lab):
    serve(lab)
    stack.wrong_ack(lab, "server RST")
