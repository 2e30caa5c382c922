# A link of the path carries smaller packets only, and the sender of bigger ones is not told.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import hang
from lab.scenario import BOTH, scenario
from lab.silence import NOTHING

NARROW_BYTES = 1280
UPLOAD = b"abcdefghijklmnop" * 500  # five full segments and a rest
TOO_BIG = {4: "icmp type destination-unreachable", 6: "icmpv6 type packet-too-big"}
WITH_REST_BYTES = 3000  # full segments and a short one


def narrow(lab, *ports):
    """The links of these ports of the router carry no more than that."""
    lab.fence()
    for port in ports:
        lab.router.run("ip", "link", "set", port, "mtu", str(NARROW_BYTES))


def hide_icmp(lab, host, hook):
    return lab.rule(host, hook, f"{TOO_BIG[lab.version]} counter drop")


def upload(lab, **which):
    """A request that needs full segments."""
    return lab.open(lab.web, **which).accept().request(UPLOAD)


@scenario("""The way to the server carries 1280 bytes, and the ICMP errors that would say so are dropped: handshakes and
          short requests pass, the full segments of an upload never do.""", points=BOTH, v6=True)
def mtu_black_hole(lab):
    lab.listen(lab.web)
    narrow(lab, "far")
    with hide_icmp(lab, lab.router, "output"):
        lab.chat(lab.web)
        stuck = [upload(lab, client=number) for number in (0, 1)]
        lab.chat(lab.web, client=2)
        hang.until_repeated(stuck[1], 4)
        lab.chat(lab.web)
        lab.end_capture()
    for connection in stuck:
        lab.expect_silence(connection, "path-mtu", "request-sent", points=("client",))
        lab.expect_silence(connection, "path-mtu", "request-sent", points=("server",),
                           cause=("path-mtu", "peer-vanished", "no-answer", NOTHING))


@scenario("""The way to the client carries 1280 bytes, and the ICMP errors that would say so are dropped: the server's
          short answers pass, the full segments of a long one never do.""", points=BOTH, v6=True)
def mtu_black_hole_answers(lab):
    lab.listen(lab.web)
    narrow(lab, "near")
    with hide_icmp(lab, lab.router, "output"):
        lab.chat(lab.web)
        stuck = [lab.open(lab.web, client=number).request().read_request().respond(lab.said.long_answer)
                 for number in (0, 1)]
        lab.chat(lab.web, client=2)
        hang.until_repeated(stuck[1], 4, "server")
        lab.chat(lab.web)
        lab.end_capture()
    for connection in stuck:
        lab.expect_silence(connection, "path-mtu", "response-sent", "client", points=("server",))
        lab.expect_silence(connection, "path-mtu", "request-sent", points=("client",),
                           cause=("path-mtu", "request-unanswered", "no-answer", NOTHING))


@scenario("""The same with answers that end in a short segment, which passes and is acknowledged (SACK).""",
          points=("server",))
def mtu_black_hole_rest_passes(lab):
    lab.listen(lab.web)
    narrow(lab, "near")
    with hide_icmp(lab, lab.router, "output"):
        lab.chat(lab.web)
        stuck = lab.open(lab.web, client=1).request().read_request().respond(lab.said.long_answer[:WITH_REST_BYTES])
        hang.until_repeated(stuck, 4, "server")
        lab.chat(lab.web)
        lab.end_capture()
    lab.expect_silence(stuck, "path-mtu", "response-sent", "client")


@scenario("""The way to the server carries 1280 bytes; the router says so by ICMP (fragmentation needed, packet too big)
          for each full segment, but the client's own packet filter drops that.""", v6=True)
def mtu_icmp_filtered_at_client(lab):
    lab.listen(lab.web)
    narrow(lab, "far")
    with hide_icmp(lab, lab.client, "input"):
        lab.chat(lab.web)
        stuck = upload(lab)
        hang.until_repeated(stuck, 4)
        lab.chat(lab.web, client=1)
        lab.end_capture()
    lab.expect_silence(stuck, "path-mtu", "request-sent")


@scenario("""The way to the server carries 1280 bytes and the router says so by ICMP: the client sends smaller segments,
          and all is well.""", v6=True, points=("client", "between"))
def mtu_icmp_heeded(lab):
    lab.listen(lab.web)
    narrow(lab, "far")
    for number in (0, 1):
        upload(lab, client=number).read_request(UPLOAD).respond().read_answer().close()
    lab.chat(lab.web)


@scenario("""The way to the server carries 1280 bytes and nobody says so, but the client's kernel looks for the size by
          itself after some repetitions (tcp_mtu_probing=1): late, but all is well.""", v6=True)
def mtu_probed(lab):
    lab.listen(lab.web)
    lab.client.sysctl("net.ipv4.tcp_mtu_probing", 1)
    narrow(lab, "far")
    with hide_icmp(lab, lab.router, "output"):
        lab.chat(lab.web)
        connection = upload(lab)
        connection.server.settimeout(hang.PATIENCE_S)
        connection.read_request(UPLOAD).respond().read_answer().close()
        lab.chat(lab.web, client=1)
