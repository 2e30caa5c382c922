# A SYN proxy shakes hands in the server's name, and then nothing comes of it.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import hang
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario
from lab.scenarios.cookies import FOREIGN_NUMBER
from lab.scenarios.handshake import third_ack
from lab.scenarios.synproxy import NEEDS, SILENT, protect


@scenario("""A SYN proxy in front of a server that no longer answers: clients have requests to send and probe the window
          of 0 that the proxy offered, in vain. Another port, behind the same proxy, works.""", points=BOTH, v6=True,
          clients=(FULL, NO_TIMESTAMPS), needs=NEEDS)
def proxy_server_silent(lab):
    lab.listen(lab.ssh, lab.web)
    protect(lab, lab.web, lab.ssh)
    lab.chat(lab.web, lab.ssh)
    with lab.rule(lab.server, "input", f"tcp dport {lab.web} counter drop"):
        lost = [lab.open(lab.web, client=number).request() for number in (0, 1)]
        lab.chat(lab.ssh)
        hang.until_repeated(lost[1], 5)
        lab.chat(lab.ssh, client=2)
        lab.end_capture()
    for connection in lost:
        lab.expect_silence(connection, "syn-proxy", "handshake-done", points=("client",), cause=SILENT)
        lab.expect_silence(connection, "no-answer", "syn-sent", points=("server",),
                           cause=("port-filtered", "syn-dropped", "no-answer", "accept-queue-full"))


@scenario("""A client's own firewall damages the number by which it acknowledges the SYN/ACKs of a SYN proxy, which
          drops such ACKs in silence, and the request behind them. Others are served.""", needs=NEEDS)
def proxy_drops_cookie(lab):
    lab.listen(lab.web)
    protect(lab, lab.web)
    lab.chat(lab.web)
    damaged = f"{lab.ip} saddr {lab.address(lab.client, 1)} {third_ack(lab)}"
    with lab.rule(lab.client, "output", f"{damaged} counter tcp ackseq set {FOREIGN_NUMBER}"):
        lost = lab.open(lab.web, client=1).request()
        lab.chat(lab.web)
        hang.until_repeated(lost, 4)
        lab.chat(lab.web)
        lab.end_capture()
    lab.expect_silence(lost, "syn-cookie-dropped", "half-open", cause=("syn-cookie-dropped", *SILENT))
