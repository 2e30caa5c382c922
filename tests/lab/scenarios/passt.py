# The server's address is that of a user-mode stack, passt (here as pasta, the same program for containers).
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import daemon, forge, stack
from lab.scenario import BOTH, scenario
from synth.wire import RST

NEEDS = ("pasta",)
GATEWAY, GATEWAY_MAC = "10.0.2.2", "52:55:0a:00:02:02"


def serve(lab):
    namespace = lab.folder / "netns"  # pasta may not look into another process's /proc
    namespace.touch()
    daemon.serve(lab, "pasta", "--foreground", "--stderr", "--runas", "0",
                 "--netns-only", "--netns", namespace, "--ns-ifname", stack.TAP, "-4", "--no-map-gw",
                 "--address", "10.0.2.100", "--gateway", GATEWAY, "--mac-addr", GATEWAY_MAC, "--mtu", "1500",
                 *(word for option in "tuTU" for word in ("-" + option, "none")),
                 ports=(), host=lab.second_server, over={namespace: lab.server.path})
    stack.lead_into_tap(lab, GATEWAY, GATEWAY_MAC)
    stack.listen(lab, lab.web)


@scenario("""Nothing listens behind passt, which answers the SYN with a bare RST that has an ACK number; a
          Linux client does not believe it and repeats its SYN. Another port works.""", points=BOTH,
          needs=NEEDS)
def passt_closed_port(lab):
    serve(lab)
    stack.chat(lab, lab.web)
    tap = forge.Tap(lab, lab.client, "eth0")
    connection = lab.dial(lab.alt, **stack.HERE).start()
    for _ in range(2):
        tap.catch(lambda segment: segment.src == connection.key[1] and segment.flags & RST, "RST")
    connection.client.close()
    lab.expect(connection, "port-closed", "syn-sent", "server RST")
    stack.chat(lab, lab.web)


@scenario("""The application behind passt aborts (SO_LINGER 0): at once, after the request, after its
          answer.""", points=BOTH, needs=NEEDS)
def passt_abort(lab):
    serve(lab)
    stack.abort(lab, "server RST")


@scenario("The application behind passt closes without having read the request.", needs=NEEDS)
def passt_close_unread(lab):
    serve(lab)
    stack.close_unread(lab, "server RST")


@scenario("""The application behind passt has closed; the stack acknowledges what the client sends next and
          resets at once.""", points=BOTH, needs=NEEDS)
def passt_data_after_close(lab):
    serve(lab)
    stack.data_after_close(lab, "server RST", 1)


@scenario("passt gets an ACK outside any connection, and drops it.", needs=NEEDS)
def passt_stray_ack(lab):
    serve(lab)
    stack.stray_ack(lab, "")


@scenario("passt gets an ACK of what it never sent instead of that of its SYN/ACK, and takes it for one.",
          needs=NEEDS)
def passt_wrong_ack(lab):
    serve(lab)
    stack.wrong_ack(lab, "")
