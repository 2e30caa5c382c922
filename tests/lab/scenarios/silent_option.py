# A device drops SYNs for what they offer, and lets others pass.
# SPDX-License-Identifier: GPL-2.0-or-later

import socket

from lab import hang
from lab.scenario import scenario

ECN_SYN = "tcp flags & (syn | ecn | cwr) == (syn | ecn | cwr)"
FAST_OPEN = """
table inet lab2 {{
    set seen {{ type inet_service; size 64; flags dynamic; }}
    chain forward {{
        type filter hook forward priority 0;
        tcp dport {port} tcp option fastopen exists add @seen {{ tcp sport }}
        tcp sport @seen counter drop
    }}
}}
"""
DROPPED = ("option-dropped", "syn-dropped")
DROPPED_ALONE = (*DROPPED, "no-answer")


def ask_for_ecn(lab, on=True):
    """What is dialled from now on asks for it in its SYN, and repetitions do so, too."""
    lab.client.sysctl("net.ipv4.tcp_ecn", 1 if on else 2)
    lab.client.sysctl("net.ipv4.tcp_ecn_fallback", 0)


@scenario("""The router drops SYNs that ask for ECN, whatever the port; clients that do not ask are served meanwhile.
          The one that asks does so in each repetition.""", points=("client", "between"), v6=True)
def ecn_syn_dropped(lab):
    hang.limit(lab.client)
    lab.listen(lab.web, lab.ssh)
    lab.chat(lab.web)
    with lab.rule(lab.router, "forward", f"{ECN_SYN} counter drop"):
        ask_for_ecn(lab)
        lost = [lab.dial(port, client=number).start() for port in (lab.web, lab.ssh) for number in (0, 1)]
        ask_for_ecn(lab, False)
        lab.chat(lab.web, lab.ssh)
        lab.chat(lab.web, client=1)
        hang.until_given_up(*lost)
        lab.chat(lab.web, lab.ssh)
    for connection in lost:
        lab.expect_silence(connection, "option-dropped", "syn-sent", cause=DROPPED)


@scenario("""The router drops SYNs that ask for ECN; the client's kernel does not ask again in the repetition, which is
          answered (tcp_ecn_fallback, as is usual): late, but all is well.""")
def ecn_falls_back(lab):
    lab.listen(lab.web)
    lab.client.sysctl("net.ipv4.tcp_ecn", 1)
    with lab.rule(lab.router, "forward", f"{ECN_SYN} counter drop"):
        for number in (0, 1):
            lab.chat(lab.web, client=number)


def fast_open(lab, port, **which):
    """A client that asks for a Fast Open cookie in its SYN."""
    connection = lab.dial(port, **which)
    connection.client.setblocking(False)
    try:
        connection.client.sendto(lab.said.request, socket.MSG_FASTOPEN, connection.key[1])
    except BlockingIOError:
        pass
    return connection


@scenario("""A device at the router drops a SYN for its Fast Open option, and all that follows on its port of the
          client; clients without the option are served meanwhile.""", v6=True)
def fast_open_dropped(lab):
    hang.limit(lab.client)
    lab.listen(lab.web)
    lab.chat(lab.web)
    lab.router.nft(FAST_OPEN.format(port=lab.web))
    lost = [fast_open(lab, lab.web, client=number) for number in (0, 1)]
    lab.chat(lab.web)
    hang.until_repeated(lost[0], 2)
    lab.chat(lab.web, client=1)
    hang.until_given_up(*lost)
    lab.chat(lab.web)
    for connection in lost:
        lab.expect_silence(connection, "option-dropped", "syn-sent", cause=DROPPED_ALONE)


@scenario("""A device at the router drops SYNs with a Fast Open option only; the client's kernel repeats the SYN without
          it: late, but all is well.""")
def fast_open_falls_back(lab):
    lab.listen(lab.web)
    with lab.rule(lab.router, "forward", "tcp option fastopen exists counter drop"):
        for number in (0, 1):
            connection = fast_open(lab, lab.web, client=number).until_connected()
            connection.request().read_request().respond().read_answer().close()
        lab.chat(lab.web)
