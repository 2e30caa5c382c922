# A SYN proxy (netfilter's SYNPROXY) at the router shakes hands in the server's name, and only then asks it.
# SPDX-License-Identifier: GPL-2.0-or-later
"""It offers a window of 0 until the server has answered, and is silent about what it does not like.  nft's
cannot be used over IPv6: it takes the checksums of SYNs for wrong (docs/facts.md)."""

from lab import wait
from lab.kernel import counters
from lab.lab import abort_on_close, until_reset
from lab.scenario import BARE, BOTH, FULL, NO_TIMESTAMPS, scenario
from lab.scenarios.handshake import third_ack
from lab.silence import NOTHING

NEEDS = ("iptables", "ip6tables")
OPTIONS = "--mss 1460 --wscale 7 --timestamp --sack-perm"
STATE = "-m conntrack --ctstate"
NFT = """
table inet shield {{
    chain prerouting {{ type filter hook prerouting priority raw; tcp dport {ports} tcp flags syn notrack; }}
    chain forward {{
        type filter hook forward priority 0;
        tcp dport {ports} ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
        tcp dport {ports} ct state invalid drop
    }}
}}
"""
FOREIGN_NUMBER = 0x51c0ffee
PROBES = 3
SILENT = ("syn-proxy", "no-answer", "window-shut", "peer-vanished")


def protect(lab, *ports):
    """The router shields these ports of the servers by iptables."""
    lab.router.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    for port in ports:
        lab.iptables(lab.router, f"-t raw -A PREROUTING -p tcp --syn --dport {port} -j CT --notrack",
                     f"-A FORWARD -p tcp --dport {port} {STATE} INVALID,UNTRACKED -j SYNPROXY {OPTIONS}",
                     f"-A FORWARD -p tcp --dport {port} {STATE} INVALID -j DROP")


def turned_away(lab, **which):
    """A connection that the proxy has opened and the server refuses."""
    connection = lab.open(lab.web, **which)
    until_reset(connection.client)
    lab.expect(connection, "syn-proxy", "handshake-done", "server RST+ACK", points=("client",))
    lab.expect(connection, "port-closed", "syn-sent", "server RST+ACK", points=("server",))


def until_window_is_probed(lab):
    wait.until(lambda: counters(lab.client)["TcpExtTCPWinProbe"] >= PROBES, "the client probes the window")


@scenario("""A SYN proxy in front of the server opens connections for it; all is well and nothing is
          reset.""", v6=True, clients=(FULL, NO_TIMESTAMPS, BARE), needs=NEEDS)
def synproxy_good(lab):
    lab.listen(lab.web, lab.ssh)
    protect(lab, lab.web, lab.ssh)
    for number in (0, 1, 2):
        lab.chat(lab.web, lab.ssh, client=number)


@scenario("""A SYN proxy in front of the server opens connections to a port where nothing listens; the
          server's refusal comes after the handshake. Another port works.""", points=BOTH, v6=True,
          clients=(FULL, NO_TIMESTAMPS), needs=NEEDS)
def synproxy_server_closed(lab):
    lab.listen(lab.ssh)
    protect(lab, lab.web, lab.ssh)
    for number in (0, 1):
        turned_away(lab, client=number)
        lab.chat(lab.ssh, client=number)


@scenario("""The same by nft's synproxy.""")
def synproxy_server_closed_nft(lab):
    lab.listen(lab.ssh)
    lab.router.nft(NFT.format(ports=f"{{ {lab.web}, {lab.ssh} }}"))
    lab.router.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    for number in (0, 2):
        turned_away(lab, client=number)
        lab.chat(lab.ssh, client=number)


@scenario("""A SYN proxy in front of the server opens connections to a service that is restarted meanwhile:
          before and after, the same port works.""", v6=True, needs=NEEDS)
def synproxy_server_restarts(lab):
    listener = lab.listen(lab.web)
    protect(lab, lab.web)
    lab.chat(lab.web, lab.web)
    lab.fence()
    listener.close()
    turned_away(lab)
    turned_away(lab, client=1)
    lab.listen(lab.web)
    lab.chat(lab.web, lab.web)


@scenario("""A SYN proxy in front of the server opens connections that the server's own packet filter
          refuses.""", v6=True, needs=NEEDS)
def synproxy_server_rejects(lab):
    lab.listen(lab.ssh, lab.web)
    protect(lab, lab.web, lab.ssh)
    with lab.rule(lab.server, "input", f"tcp dport {lab.web} reject with tcp reset"):
        for number in (0, 1):
            turned_away(lab, client=number)
            lab.chat(lab.ssh, client=number)


@scenario("""A SYN proxy in front of a server that no longer answers: the client waits and nothing is
          reset.""", needs=NEEDS)
def synproxy_server_dead(lab):
    lab.listen(lab.ssh, lab.web)
    protect(lab, lab.web, lab.ssh)
    lab.chat(lab.web, lab.ssh)
    with lab.rule(lab.server, "input", f"tcp dport {lab.web} counter drop"):
        connection = lab.open(lab.web).request()
        lab.until_rule_hit(lab.server)
        until_window_is_probed(lab)
        lab.chat(lab.ssh)
        lab.fence()
        lab.expect_silence(connection, "syn-proxy", "handshake-done", cause=(*SILENT, NOTHING))


@scenario("""A SYN proxy in front of a server that no longer answers: the client has a request to send,
          probes the closed window, and gives up (SO_LINGER 0).""", v6=True, needs=NEEDS)
def synproxy_server_dead_client_gives_up(lab):
    lab.listen(lab.ssh, lab.web)
    protect(lab, lab.web, lab.ssh)
    lab.chat(lab.web, lab.ssh)
    with lab.rule(lab.server, "input", f"tcp dport {lab.web} drop"):
        connection = lab.open(lab.web).request()
        until_window_is_probed(lab)
        abort_on_close(connection.client)
        lab.expect(connection, "client-abort", "handshake-done", "client RST+ACK",
                   cause=("client-abort", "peer-vanished"))
        lab.chat(lab.ssh)


@scenario("""A SYN proxy opens connections; one client aborts at once (SO_LINGER 0), before the server has
          answered the proxy, and one after its answer.""", v6=True, needs=NEEDS)
def synproxy_client_aborts(lab):
    lab.listen(lab.web)
    protect(lab, lab.web)
    lab.chat(lab.web)
    hasty, done = lab.open(lab.web), lab.open(lab.web, client=1)
    abort_on_close(hasty.client)
    lab.expect(hasty, "client-abort", "handshake-done", "client RST+ACK",
               cause=("client-abort", "connect-probe"))
    done.talk()
    abort_on_close(done.client)
    lab.expect(done, "reset-as-close", "response-sent", "client RST+ACK")
    lab.fence()
    lab.chat(lab.web)


@scenario("""A SYN proxy opens connections and the server's application throws one client out
          (SO_LINGER 0): the handshake's window of 0 has nothing to do with it.""", v6=True,
          clients=(FULL, NO_TIMESTAMPS), needs=NEEDS)
def synproxy_application_rejects(lab):
    lab.listen(lab.web)
    protect(lab, lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).accept()
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "handshake-done", "server RST+ACK")
    lab.chat(lab.web, client=1)


@scenario("""A client's own firewall damages the number by which it acknowledges a SYN proxy's SYN/ACK: the
          proxy is silent, and nothing is reset.""", needs=NEEDS)
def synproxy_number_damaged(lab):
    lab.listen(lab.web)
    protect(lab, lab.web)
    lab.chat(lab.web)
    with lab.rule(lab.client, "output", f"{third_ack(lab)} counter tcp ackseq set {FOREIGN_NUMBER}"):
        lab.open(lab.web)
        lab.until_rule_hit(lab.client)
        lab.fence()
    lab.chat(lab.web, client=1)
