"""Links between the frames of a connection, and agreement with Wireshark's own tcp.stream.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import collections

import pytest

import truth
from passes import LINKS, ONE, WHOLE, by_hand, check, only, seen, stream, with_field

every_capture = pytest.mark.parametrize("capture", truth.captures()[1::2], ids=truth.name)

BACK = (*LINKS, "tcprst.trigger_frame")
NEIGHBOURS = ("tcprst.previous_reset", "tcprst.next_reset")
FORTH = ("tcprst.syn_frame", "tcprst.synack_frame", "tcprst.trigger_frame")  # carry a link to the RST


def links(frames, fields):
    """(event frame, field, frame it names) of all events."""
    for frame in with_field("tcprst.event", frames):
        yield from ((frame, field, int(number)) for field in fields
                    for number in frames[frame].get(field, []))


@every_capture
def test_connection_links_to_its_reset(capture):
    frames = seen(capture, WHOLE)
    check([(other, "tcprst.rst_frame", frame, frames[other].get("tcprst.rst_frame"))
           for frame, _, other in links(frames, FORTH)
           if str(frame) not in frames[other].get("tcprst.rst_frame", [])], capture, WHOLE)


@every_capture
def test_links_lead_to_events(capture):
    frames = seen(capture, WHOLE)
    wrong = [(frame, "tcprst.rst_frame", "the frame of an event after it", number)
             for frame in with_field("tcprst.rst_frame", frames)
             for number in frames[frame]["tcprst.rst_frame"]
             if int(number) <= frame or "tcprst.event" not in frames.get(int(number), {})]
    check(wrong, capture, WHOLE)


@every_capture
def test_one_pass_does_not_know_what_comes(capture):
    found = only(("tcprst.rst_frame", *NEIGHBOURS), seen(capture, ONE))
    check([(frame, "a link", "nothing", had) for frame, had in found.items()], capture, ONE)


def server_of(had):
    """Address and port, of the innermost layer."""
    end = "src" if had["tcprst.from"] == ["server"] else "dst"
    return tuple(had[field][-1] for field in (f"ip.{end}", f"ipv6.{end}", f"tcp.{end}port") if field in had)


@every_capture
def test_resets_of_a_server_are_linked(capture):
    frames, latest, wanted = seen(capture, WHOLE), {}, collections.defaultdict(dict)
    for frame in with_field("tcprst.event", frames):
        server = server_of(frames[frame])
        if server in latest:
            wanted[frame]["tcprst.previous_reset"] = [str(latest[server])]
            wanted[latest[server]]["tcprst.next_reset"] = [str(frame)]
        latest[server] = frame
    assert only(NEIGHBOURS, frames) == wanted, by_hand(capture, WHOLE)


@every_capture
def test_events_name_earlier_frames_of_their_stream(capture):
    frames = seen(capture, WHOLE)
    check([(frame, field, f"an earlier frame of stream {stream(frames[frame])}", other)
           for frame, field, other in links(frames, BACK)
           if other >= frame or stream(frames[other]) != stream(frames[frame])], capture, WHOLE)


@every_capture
def test_one_event_a_stream(capture):
    """Unless the truth has more in it."""
    frames = seen(capture, WHOLE)
    wanted = collections.Counter(stream(frames[frame]) for frame in truth.event_frames(capture))
    got = collections.Counter(stream(frames[frame]) for frame in with_field("tcprst.event", frames))
    assert got <= wanted | collections.Counter(set(got)), f"{truth.name(capture)}: events by tcp.stream"
