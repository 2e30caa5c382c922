# A packet filter rejects, or somebody in the path forges a reset.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import forge
from lab.lab import until_reset
from lab.scenario import BOTH, scenario
from lab.scenarios.handshake import third_ack
from synth.wire import ACK, RST

REJECT = "reject with tcp reset"
INJECTOR_TTL = 113


def request(lab):
    """The rule that a request meets."""
    return f"tcp dport {lab.web} tcp flags & psh == psh"


@scenario("""The router's packet filter refuses SYNs to one port; other ports of the host work.""",
          points=BOTH, v6=True)
def reject_router_syn(lab):
    lab.listen(lab.ssh, lab.web, lab.redis)
    lab.chat(lab.web)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.redis} {REJECT}"):
        for _ in range(2):
            lab.expect(lab.refused(lab.redis), "refused-in-path", "syn-sent", "server RST+ACK", "third-party",
                       points=("client",))
            lab.chat(lab.ssh, lab.web)


@scenario("""The router's packet filter refuses SYNs to one port; the router is next to the server, so
          only the TTL tells.""", near_ms=15, far_ms=0)
def reject_router_syn_distant(lab):
    lab.listen(lab.ssh, lab.web, lab.redis)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.redis} {REJECT}"):
        lab.chat(lab.web)
        lab.expect(lab.refused(lab.redis), "refused-in-path", "syn-sent", "server RST+ACK", "third-party")
        lab.chat(lab.ssh)


@scenario("""The router's packet filter rejects the first data segment of a connection it had let open;
          the server learns nothing.""", points=BOTH, v6=True)
def reject_router_data(lab):
    lab.listen(lab.ssh, lab.web)
    lab.chat(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", f"{request(lab)} {REJECT}"):
        connection = lab.open(lab.web).accept().request()
        until_reset(connection.client)
        lab.chat(lab.ssh)
    lab.expect(connection, "rejected-in-path", "request-sent", "server RST", "third-party",
               points=("client",))
    lab.chat(lab.web)


@scenario("""The server's own packet filter rejects the handshake's ACK; its TCP does not know, repeats
          the SYN/ACK after 1 s and gets a RST from the client.""", points=BOTH, v6=True)
def reject_host_ack(lab):
    lab.listen(lab.ssh, lab.web)
    lab.chat(lab.web)
    with lab.rule(lab.server, "input", f"{third_ack(lab)} {REJECT}"):
        connection = lab.open(lab.web)
        until_reset(connection.client)
        lab.chat(lab.ssh)
        lab.until_resets(lab.client, 1)
    lab.expect(connection, "rejected-in-path", "handshake-done", "server RST",
               cause=("rejected-in-path", "path-flip", "no-state"))


@scenario("""The server's own packet filter rejects the request of an established connection.""",
          points=BOTH, v6=True)
def reject_host_data(lab):
    lab.listen(lab.ssh, lab.web)
    lab.chat(lab.web)
    with lab.rule(lab.server, "input", f"{request(lab)} {REJECT}"):
        connection = lab.open(lab.web).accept().request()
        until_reset(connection.client)
        lab.chat(lab.ssh)
    lab.expect(connection, "rejected-in-path", "request-sent", "server RST",
               cause=("rejected-in-path", "no-state"))
    lab.chat(lab.web)


def forge_reset(lab, form, **fields):
    """Somebody at the router answers the request in the server's name; the server answers it, too."""
    lab.listen(lab.web)
    lab.chat(lab.web)
    tap = forge.Tap(lab, lab.router, "near")
    connection = lab.open(lab.web).request()
    request = tap.catch(lambda segment: segment.src == connection.key[0] and segment.length, "the request")
    ack = request.seq + request.length & 0xffffffff if form == "RST+ACK" else 0
    tap.send(request.dst, request.src, request.ack, ack, RST | ACK if form == "RST+ACK" else RST, **fields)
    connection.read_request().respond()
    until_reset(connection.server)
    lab.expect(connection, "forged", "request-sent", f"server {form}", "third-party", points=("client",))
    lab.expect(connection, "forged", "response-sent", "client RST", "client", points=("server",),
               cause=("no-state", "client-abort", "undetermined", "forged"))
    lab.chat(lab.web)


@scenario("""An injector at the router forges a bare RST on seeing the request, with another TTL; the
          server's answer follows and the client's kernel rejects it.""", points=BOTH)
def forged(lab):
    forge_reset(lab, "RST", ttl=INJECTOR_TTL, ident=forge.random_number(16), df=False)


@scenario("""An injector at the router forges RST+ACK on seeing the request, with another TTL; the
          server's answer follows and the client's kernel rejects it.""")
def forged_rst_ack(lab):
    forge_reset(lab, "RST+ACK", ttl=INJECTOR_TTL, ident=forge.random_number(16), df=False)


@scenario("""An injector at the router forges a bare RST with the server's TTL, IP ID and DF: it only
          comes too soon, and the server's answer follows.""")
def forged_same_ttl(lab):
    forge_reset(lab, "RST", ttl=63)


@scenario("""An injector at the router forges RST+ACK on seeing the SYN, like a closed port; the server's
          SYN/ACK follows and the client's kernel rejects it.""")
def forged_refusal(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    tap = forge.Tap(lab, lab.router, "near")
    connection = lab.dial(lab.web).start()
    syn = tap.catch(lambda segment: segment.src == connection.key[0], "the SYN")
    tap.send(syn.dst, syn.src, 0, syn.seq + 1 & 0xffffffff, RST | ACK, ttl=INJECTOR_TTL)
    lab.until_resets(lab.client, 1)
    lab.expect(connection, "forged", "syn-sent", "server RST+ACK", "third-party")
    lab.chat(lab.web)
