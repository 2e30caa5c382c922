"""What the texts of verdicts claim, held against what the JSON says of the same connection.

A claim is a pattern in `because` or `next_step`, and what must hold of the event where it stands.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import re
from dataclasses import dataclass
from typing import Callable

import reader

OTHER = {"client": "server", "server": "client"}


class Event(dict):
    """An event of the JSON page."""

    @property
    def texts(self):
        """All that is said of it, less the words of others."""
        said = f"{self['because']} {self['next_step']}".replace(self.get("stated_reason") or "\n", "-")
        return re.sub(r'"[^"]*"', '"-"', said)

    @property
    def shown(self):
        return f"{self.value('silence-of-known-timeout')} {self.texts}"

    def seen(self, name):
        return any(evidence["name"] == name for evidence in self["evidence"])

    def value(self, name):
        return next((evidence["value"] for evidence in self["evidence"] if evidence["name"] == name), "")

    def did(self, side, letter):
        """Zeek's letter of a side in the history: d payload, f FIN, t a repetition."""
        return (letter.upper() if side == "client" else letter) in self["history"]

    def sent_anything(self, side):
        return any(letter.isupper() == (side == "client") for letter in self["history"].strip("^"))

    def can_have_sent(self, side):
        """Payload was seen, or the capture lacks that side's packets, of which the other's numbers tell."""
        letters = re.sub("[rR^]", "", self["history"])
        is_seen = any(letter.isupper() == (side == "client") for letter in letters)
        in_syn = side == "client" and self.seen("syn-carried-data")
        return self.did(side, "d") or in_syn or not is_seen

    @property
    def peer(self):
        return OTHER[self["from"]]


@dataclass(frozen=True)
class Claim:
    pattern: str
    holds: Callable  # of the event and the match
    unless: str = ""  # a stage that excuses it
    why: str = "the facts of the connection contradict it"

    def broken_in(self, event):
        """The words that claim what does not hold."""
        return [match[0] for match in re.finditer(self.pattern, event.shown)
                if event["stage"] != self.unless and not self.holds(event, match)]


def never(_event, _match):
    return False


def is_half_closed(event):
    return event.did("client", "f") != event.did("server", "f")


def names_own_fin(event, match):
    return event.did(event["from"], "f") and int(match[1]) < event["frame"]


def spoke_both(event):
    return event.can_have_sent("client") and event.can_have_sent("server")


CLAIMS = (
    # What was asked and answered.
    Claim("request unread", lambda event, _: event.can_have_sent("client")),
    Claim("before any answer|before it had sent any data", lambda event, _: not event.did("server", "d")),
    Claim("waited for the server's first words", lambda event, _: not event.did("server", "d")),
    Claim("with data unread", lambda event, _: event.can_have_sent(event.peer), unless="midstream"),
    Claim("Both sides had sent data", lambda event, _: spoke_both(event)),
    Claim("all of it was acknowledged", lambda event, _: event.seen("exchange-complete")
          or event.seen("client-closed-unanswered")),
    Claim("waited for an answer in vain", lambda event, _: not event.did("server", "d") and event.did("client", "f")),
    Claim("waited for no answer", lambda event, _: event.seen("reset-with-last-words")),
    Claim("announces the end", lambda event, _: event.seen("said-farewell")),
    Claim("when data came", lambda event, _: event.seen("idle-before-data")),
    Claim("without having sent anything", lambda event, _: not event.did("client", "d")),
    Claim("first data that the client sent", lambda event, _: event.did("client", "d")),
    # How it was closed.
    Claim("instead of a FIN", lambda event, _: not event.did(event["from"], "f")),
    Claim(r"after its FIN in frame (\d+)", names_own_fin),
    Claim(r"closed its side with the FIN in frame (\d+)", names_own_fin),
    Claim("data that arrived after that", lambda event, _: event.seen("data-after-fin")),
    # Bytes: payload, not FIN.
    Claim(r"with (\d+) bytes of its own not yet acknowledged", lambda event, _: not event.seen("exchange-complete")
          and event.did(event["from"], "d")),
    Claim(r"(\d+) bytes from the server not yet acknowledged", lambda event, _: not event.seen("exchange-complete")
          and event.did("server", "d")),
    # Timers, where side and direction fit.
    Claim("AWS Classic|nginx", lambda event, _: event["from"] == "server"),
    Claim("Cisco half-closed", lambda event, _: is_half_closed(event)),
    Claim(r"After (.*?) of silence", lambda event, _: event.seen("long-silence") or event.seen(
        "silence-of-known-timeout") or event.seen("reset-after-clean-close")),
    # What the capture holds.
    Claim("from before the SYN", lambda event, _: not event["syn_frame"]),
    Claim("holds no other segment", lambda event, _: event.seen("lone-segment")),
    Claim("Capture both directions", lambda event, _: len({letter.isupper() for letter in event["history"].strip("^")
                                                          if letter.lower() != "r"}) < 2),
    Claim(r"carries data, which \S+ \d+ acknowledges", lambda event, _: event.seen("rst-payload-counted")),
    Claim("by its form the", lambda event, _: event.seen("rst-like-linux-abort") or event.seen("rst-id-goes-on")),
    Claim("What the peer sent to it", lambda event, _: event.seen("peer-repeats-unheard")),
    Claim("flags that contradict each other", lambda event, _: event.seen("rst-flags-absurd")),
    Claim("had repeated its segment", lambda event, _: event.seen("repeats-unanswered") or event.seen(
        "answers-never-arrived") or event.seen("acknowledged-repeated")),
    Claim("the host is a proxy that passes the reset on", lambda event, _: event.seen("passed-on")),
    Claim("The same host reset another connection at the same time", lambda event, _: event.seen("ended-both")),
    Claim("The SYN of another connection had come", lambda event, _: event.seen("syn-just-before")),
    Claim("What it repeated had been acknowledged", lambda event, _: event.seen("acknowledged-repeated")),
    # What had no answer.
    Claim("so it was up then", lambda event, _: event.sent_anything("server")),
    Claim("The capture holds nothing of it", lambda event, _: not event.sent_anything("client")),
    Claim("It sent its SYN again", lambda event, _: event.did("client", "s")),
    Claim("a routing loop", lambda event, _: event.seen("icmp-unreachable")),
    Claim("rejects it by ICMP", lambda event, _: event.seen("icmp-prohibited")),
    Claim(r"packets of (\d+) bytes pass", lambda event, _: event.seen("icmp-too-big")),
    # The language itself.
    Claim(r"[{}]", never, why="a brace of the template is left"),
    Claim(r"  | [.,;:]|\.\.", never, why="two blanks or full stops, or a blank before a sign"),
    Claim(r" \(\)|\bnull\b|frame 0\b", never, why="a value is missing"),
    Claim(r"\b1 (bytes|connections|segments|frames|times|waits)\b", never, why="one is singular"),
    Claim(r"\S+[^.]$", never, why="no full stop at the end"),
)


def events(captures):
    """(capture, Event) of all."""
    names = {str(capture): capture for capture in captures}
    for line in reader.run("--quiet", "--json", "--name-files", *names).splitlines():
        told = json.loads(line)
        if told["type"] in ("event", "silence"):
            yield names[told["source"]], Event(told)


def broken(event):
    """The claims that the event contradicts, as sentences."""
    for claim in CLAIMS:
        for words in claim.broken_in(event):
            yield f'"{words}": {claim.why}; {event["cause"]}, history {event["history"]}: {event.texts}'
