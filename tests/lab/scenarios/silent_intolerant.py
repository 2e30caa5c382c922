# Devices that drop SYNs for options that most clients offer.
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import hang
from lab.scenario import scenario
from lab.scenarios.silent_option import DROPPED

IPPROTO_MPTCP = 262


def offer(lab, on, key):
    """The client's SYNs offer it from now on, or do not."""
    lab.client.sysctl(f"net.ipv4.{key}", on)


def chat_without(lab, key, client):
    """In a pause between the repetitions of those who offer it: each segment says what is set then."""
    offer(lab, 0, key)
    lab.chat(lab.web, client=client)
    offer(lab, 1, key)


def drop_offer(lab, option, key):
    """Four attempts that offer it, and others without it, before, meanwhile and after."""
    hang.limit(lab.client)
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", f"tcp flags & (syn | ack) == syn tcp option {option} exists counter drop"):
        chat_without(lab, key, 0)
        lost = [lab.dial(port, client=number).start() for number in (0, 1) for port in (lab.web, lab.ssh)]
        for times in (1, 2):
            hang.until_repeated(lost[-1], times)
            chat_without(lab, key, times - 1)
        hang.until_given_up(*lost)
        offer(lab, 0, key)
        lab.chat(lab.web, lab.ssh)
    for connection in lost:
        lab.expect_silence(connection, "option-dropped", "syn-sent", cause=DROPPED)


@scenario("""The router drops SYNs that offer timestamps; the same clients are served when they do not offer them.""",
          v6=True)
def timestamps_dropped(lab):
    drop_offer(lab, "timestamp", "tcp_timestamps")


@scenario("""The router drops SYNs that offer window scaling; the same clients are served when they do not offer it.""")
def window_scaling_dropped(lab):
    drop_offer(lab, "window", "tcp_window_scaling")


@scenario("""The router drops SYNs that permit SACK; the same clients are served when they do not permit it.""",
          points=("between",))
def sack_dropped(lab):
    drop_offer(lab, "sack-perm", "tcp_sack")


@scenario("""The router drops SYNs that offer Multipath TCP; the client's kernel repeats its SYN without the offer after
          some attempts: late, but all is well.""", v6=True)
def mptcp_offer_dropped(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    with lab.rule(lab.router, "forward", "tcp option mptcp exists counter drop"):
        connection = lab.dial(lab.web, protocol=IPPROTO_MPTCP)
        connection.client.settimeout(hang.PATIENCE_S)
        connection.connect().talk().close()
        lab.chat(lab.web, client=1)
