# Somebody off the path forges resets and can only guess the numbers (RFC 5961 section 3).
# SPDX-License-Identifier: GPL-2.0-or-later

from lab import forge
from lab.lab import until_reset
from lab.scenario import BOTH, scenario
from lab.scenarios.forged_device import AT_CLIENT, AT_SERVER, FORGETFUL, begun

FAR_OFF = 1 << 29  # more than any window here
WITHIN = 1200  # less
BLIND_TTL = 51


def guess(blind, to, connection, *numbers):
    for seq in numbers:
        blind.reset(to, connection, seq, ttl=BLIND_TTL, window=forge.random_number(15))


def talking(lab):
    """(who forges, a connection that has served once, the numbers that its client and its server expect)."""
    blind = begun(lab)
    connection = lab.open(lab.web).talk()
    answer = blind.see(connection, "answer")
    return blind, connection, answer.end, answer.ack


@scenario("""Resets in the server's name hit the client outside its window: they are ignored, and the
          connection goes on.""", points=BOTH, v6=True)
def blind_outside(lab):
    blind, connection, expected, _ = talking(lab)
    guess(blind, "client", connection, *(expected + FAR_OFF * times for times in (1, 3, 5)))
    lab.fence()
    connection.talk().close()
    lab.expect(connection, "forged", "response-sent", "server RST", "third-party", points=AT_CLIENT)
    lab.chat(lab.web, lab.ssh)


@scenario("""A reset in the server's name hits the client within its window, but not at the number it expects:
          the client asks back (challenge ACK), and the connection goes on.""", points=BOTH, v6=True)
def blind_within(lab):
    blind, connection, expected, _ = talking(lab)
    guess(blind, "client", connection, expected + WITHIN)
    lab.fence()
    connection.talk().close()
    lab.expect(connection, "forged", "response-sent", "server RST", "third-party", points=AT_CLIENT)
    lab.chat(lab.web, lab.ssh)


@scenario("""Of several guessed resets in the server's name the last has the very number that the client
          expects; the server's next words are rejected by the client's kernel.""", points=BOTH, v6=True)
def blind_exact(lab):
    blind, connection, expected, _ = talking(lab)
    guess(blind, "client", connection, expected + 3 * FAR_OFF, expected + FAR_OFF, expected)
    until_reset(connection.client)
    connection.respond()
    until_reset(connection.server)
    lab.expect(connection, "forged", "response-sent", "server RST", "third-party", points=AT_CLIENT)
    lab.expect(connection, "no-state", "response-sent", "client RST", points=AT_SERVER, cause=FORGETFUL)
    lab.chat(lab.web, lab.ssh)


@scenario("Resets in the client's name hit the server outside its window and within, and do no harm.",
          points=("server",))
def blind_no_harm(lab):
    blind, connection, _, expected = talking(lab)
    guess(blind, "server", connection, expected + FAR_OFF, expected + WITHIN)
    lab.fence()
    connection.talk().close()
    lab.expect(connection, "forged", "response-sent", "client RST", "third-party")
    lab.chat(lab.web, lab.ssh)


@scenario("""Of several guessed resets in the client's name the last has the very number that the server
          expects; the client's next request is rejected by the server's kernel.""", points=BOTH, v6=True)
def blind_server_hit(lab):
    blind, connection, _, expected = talking(lab)
    guess(blind, "server", connection, expected + FAR_OFF, expected + 5 * FAR_OFF, expected)
    until_reset(connection.server)
    connection.request()
    until_reset(connection.client)
    lab.expect(connection, "forged", "response-sent", "client RST", "third-party", points=AT_SERVER)
    lab.expect(connection, "no-state", "response-sent", "server RST", points=AT_CLIENT)
    lab.chat(lab.web, lab.ssh)


@scenario("""Resets with guessed numbers reach a client in the server's name, over three connections at once;
          one of them is hit.""")
def blind_spray(lab):
    blind = begun(lab)
    talked = [lab.open(lab.web, client=client).talk() for client in (0, 0, 1)]
    expected = [blind.see(connection, "answer").end for connection in talked]
    guess(blind, "client", talked[0], expected[0] + 2 * FAR_OFF)
    guess(blind, "client", talked[2], expected[2] + 6 * FAR_OFF)
    guess(blind, "client", talked[1], expected[1])
    until_reset(talked[1].client)
    talked[1].respond()
    until_reset(talked[1].server)
    for connection in talked:
        lab.expect(connection, "forged", "response-sent", "server RST", "third-party")
    for connection in (talked[0], talked[2]):
        connection.talk().close()
    lab.chat(lab.web, lab.ssh)
