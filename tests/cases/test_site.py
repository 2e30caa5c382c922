"""What the user sets: preferences and known hosts change verdicts, and bad input is named.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import pytest

import truth
import tshark

CASE_B = truth.PCAPS / "case-b.pcapng"
BAD = [
    ('uat:tcprst_known_hosts:"192.0.2.0/33","NAT",""', 'Address: "192.0.2.0/33" is no IPv4 or IPv6 address'),
    ('uat:tcprst_known_hosts:"www","NAT",""', 'Address: "www" is no IPv4 or IPv6 address'),
    ('uat:tcprst_known_hosts:"2001:db8::/129","NAT",""', 'Address: "2001:db8::/129"'),
    ('uat:tcprst_known_hosts:"192.0.2.1","Friend",""',
     'Role: "Friend" is none of "Balancer or monitor", "Scanner"'),
    ('uat:tcprst_known_hosts:"192.0.2.1"', "expecting field"),
    ("tcprst.shortest_run:1", "1 is not between 2 and 1000; using 2"),
    ("tcprst.long_silence:0", "0 is not between 1 and 86400; using 1"),
]


def asked(*words):
    return tshark.text("-2", "-r", tshark.readable(CASE_B), "-Y", "tcprst.event", "-T", "fields", *words)


@pytest.mark.parametrize("option, told", BAD, ids=[option for option, _ in BAD])
def test_bad_input_is_named(option, told):
    result = tshark.run("-r", tshark.readable(CASE_B), "-o", option)
    assert told in result.stderr.decode()


@pytest.mark.parametrize("network", ["192.0.2.0/24", "192.0.2.10", "0.0.0.0/0"])
def test_known_host_is_evidence(network):
    """It makes the cause likelier, if only by leaving less to the others: both can have reached the same ceiling."""
    option = f'uat:tcprst_known_hosts:"{network}","SYN proxy or firewall","edge"'
    fields = ("-e", "tcprst.evidence", "-e", "tcprst.confidence", "-e", "tcprst.alternative.confidence")
    told, before = asked("-o", option, *fields).splitlines(), asked(*fields).splitlines()
    for with_it, without in zip(told, before, strict=True):
        assert "server-is-behind-proxy" in with_it and "server-is-behind-proxy" not in without
        now, then = (tuple(sum(map(int, part.split(","))) for part in line.split("\t")[1:] if part)
                     for line in (with_it, without))
        assert now[0] >= then[0] and sum(now[1:]) < sum(then[1:])


def test_note_is_shown():
    option = 'uat:tcprst_known_hosts:"192.0.2.10","SYN proxy or firewall","edge of building 7"'
    shown = tshark.text("-2", "-r", tshark.readable(CASE_B), "-Y", "tcprst.event", "-o", option, "-V", "-O", "tcprst")
    assert "Evidence for: The server is a known host: behind a proxy (edge of building 7)" in shown


@pytest.mark.parametrize("least, count", [("possible", 4), ("likely", 4), ("high", 0), ("never", 0)])
def test_expert_entries_are_asked_for(least, count):
    entries = asked("-o", f"tcprst.expert:{least}", "-e", "tcprst.expert.syn-proxy").split()
    assert (len(entries), len(asked("-e", "tcprst.cause").split())) == (count, 4)
