"""Every capture against its truth file, with the whole file read and in one pass.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import pytest

import truth
from passes import FACTS, ONE, WHOLE, by_hand, check, only, parties, seen, with_field

every_capture = pytest.mark.parametrize("capture", truth.captures(), ids=truth.name)

SAID = ("stage", "from", "form", "sender", "ttl_delta")   # keys of truth files that are fields, too
SAID_IN_ONE_PASS = ("stage", "from", "form", "ttl_delta")  # the others depend on what comes later


def value(had, field):
    return " ".join(had.get(f"tcprst.{field}", ["nothing"]))


def opinion(had):
    return f"{value(had, 'cause')} ({value(had, 'confidence')} %), also {value(had, 'alternative')}"


def wrong_frames(capture, frames):
    """Event frames that should be none, and those that should; the same of the repeats."""
    for field, wanted in (("tcprst.event", truth.event_frames(capture)),
                          ("tcprst.repeat_of", truth.repeat_frames(capture))):
        got = with_field(field, frames)
        yield from ((frame, field, "nothing: the truth has none here", "one") for frame in got
                    if frame not in wanted)
        yield from ((frame, field, "one", "nothing") for frame in wanted if frame not in got)


def wrong_facts(event, frames, keys):
    for frame in event.frames:
        had = frames.get(frame, {})
        yield from ((frame, f"tcprst.{key}", event.said[key], value(had, key)) for key in keys
                    if key in event.said and value(had, key) != str(event.said[key]))


def wrong_cause(event, frame, had):
    cause = value(had, "cause")
    if event.causes() and cause not in event.causes():
        yield frame, "tcprst.cause", " or ".join(event.causes()), opinion(had)
    if cause in event.said.get("not_cause", []):
        yield frame, "tcprst.cause", f"anything but {cause}", opinion(had)


def wrong_certainty(event, frame, had):
    if value(had, "certainty") not in truth.CERTAINTIES:
        yield frame, "tcprst.certainty", "one of " + " ".join(truth.CERTAINTIES), value(had, "certainty")
        return
    got = truth.CERTAINTIES.index(value(had, "certainty"))
    least = event.said.get("min_certainty", truth.CERTAINTIES[0])
    most = event.said.get("max_certainty", truth.CERTAINTIES[-1])
    if got < truth.CERTAINTIES.index(least):
        yield frame, "tcprst.certainty", f"at least {least}", opinion(had)
    if got > truth.CERTAINTIES.index(most):
        yield frame, "tcprst.certainty", f"at most {most}", opinion(had)


def wrong_verdicts(event, frames):
    for frame in event.frames:
        had = frames.get(frame, {})
        yield from wrong_cause(event, frame, had)
        yield from wrong_certainty(event, frame, had)


def wrong_repeats(event, frames):
    """A repeat points to the first RST of its own connection, one end of which a router may have translated."""
    for frame in event.repeats:
        had = frames.get(frame, {})
        earlier = [first for first in event.frames if first < frame and first in frames]
        own = [first for first in earlier if parties(frames[first]) == parties(had)]
        own = own or [first for first in earlier if parties(frames[first]) & parties(had)]
        wanted = max(own, default="an earlier frame")
        if had.get("tcprst.repeat_of") != [str(wanted)]:
            yield frame, "tcprst.repeat_of", wanted, value(had, "repeat_of")


def wrong_marks(frames, provisional):
    for frame in with_field("tcprst.event", frames):
        if ("tcprst.provisional" in frames[frame]) != provisional:
            yield frame, "tcprst.provisional", ("one" if provisional else "nothing"), "the opposite"


@pytest.mark.parametrize("capture", [file for file in truth.captures() if not truth.recorded(file)], ids=truth.name)
def test_silences_whole_file_read(capture):
    frames = seen(capture, WHOLE)
    got, wanted = with_field("tcprst.silence", frames), truth.silence_frames(capture)
    assert got == wanted, by_hand(capture, WHOLE, next(iter({*got} ^ {*wanted}), None))
    faults = [(frame, "tcprst.kind", "silence", value(frames[frame], "kind")) for frame in got
              if value(frames[frame], "kind") != "silence" or "tcprst.event" in frames[frame]]
    for silence in truth.silences(capture):
        faults += [*wrong_facts(silence, frames, ("stage", "from")), *wrong_verdicts(silence, frames)]
    check(faults, capture, WHOLE)


def test_every_capture_has_its_truth():
    assert truth.captures()
    missing = [truth.name(capture) for capture in truth.all_captures() if truth.events(capture) is None]
    assert not missing, f"captures without a truth file: {missing}"


def of_resets(frames):
    """Less the silences: while a file is read, each repeat is the last one so far."""
    return {frame: had for frame, had in frames.items() if had.get("tcprst.kind") != ["silence"]}


@every_capture
def test_whole_file_read(capture):
    frames = seen(capture, WHOLE)
    faults = [*wrong_frames(capture, frames), *wrong_marks(frames, provisional=False)]
    for event in truth.events(capture):
        faults += [*wrong_facts(event, frames, SAID), *wrong_verdicts(event, frames),
                   *wrong_repeats(event, frames)]
    check(faults, capture, WHOLE)


def answers_what_is_behind(frames):
    """Resets that answer a segment stored behind them, which one pass has not seen when it shows them."""
    return {frame for frame, had in frames.items() if int((had.get("tcprst.trigger_frame") or [0])[0]) > frame}


@every_capture
def test_one_pass(capture):
    frames, whole = seen(capture, ONE), only(FACTS, of_resets(seen(capture, WHOLE)))
    behind = answers_what_is_behind(whole)
    faults = [*wrong_frames(capture, frames), *wrong_marks(frames, provisional=True)]
    for event in truth.events(capture):
        said = () if behind & {*event.frames} else SAID_IN_ONE_PASS
        faults += [*wrong_facts(event, frames, said), *wrong_repeats(event, frames)]
    facts = only(FACTS, of_resets(frames))
    for frame in sorted({*facts, *whole} - behind):
        one, two = facts.get(frame, {}), whole.get(frame, {})
        faults += [(frame, field, f"{two.get(field)} as in -2", one.get(field)) for field in FACTS
                   if one.get(field) != two.get(field)]
    check(faults, capture, ONE)
