"""Whether the command tcprst and tshark with the plugin say the same.

A run of tshark takes 0.4 s before it reads a frame, so captures are compared many in one file, one behind the other.
What both make of that file says nothing of the captures one by one, but all that one of them read otherwise than the
other shows.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import concurrent.futures
import difflib
import os
import subprocess

import reader
import together
import tshark

CAPTURES_IN_ONE = 120


def pages_of_tshark(capture):
    """Objects and report, as tshark prints them."""
    return tshark.text("-q", "-r", capture, "-z", "tcprst,json", "-z", "tcprst,report").splitlines()


def pages_of_reader(capture):
    """The same, in whichever order tshark draws its pages, less the object on the capture, which tshark has not."""
    return [line for form in ("--json", None) for line in reader.run("--quiet", *filter(None, [form]), capture)
            .splitlines() if not line.startswith('{"type":"capture"')]


def compare(capture):
    """Lines on how they differ."""
    there, here = pages_of_tshark(capture), pages_of_reader(capture)
    if sorted(there) == sorted(here):
        return []
    return list(difflib.unified_diff(sorted(there), sorted(here), "tshark", "reader", lineterm="", n=0))


def unfollowed(captures):
    """{capture: [numbers of the frames that the reader did not follow]}, of those that have any."""
    found = {}
    names = {str(capture): capture for capture in captures}
    for line in reader.run("--unfollowed", "--name-files", *names).splitlines():
        name, frame, _ = line.split("\t")
        found.setdefault(names[name], []).append(frame)
    return found


def without(capture, frames):
    """A copy without these frames, readable to everybody."""
    copy = tshark.public_folder("without-") / "rest.pcapng"
    subprocess.run(["editcap", capture, copy, *frames], check=True, capture_output=True)
    copy.chmod(0o644)
    return copy


def followed(captures):
    """The captures, less the frames that the reader names."""
    left_out = unfollowed(captures)
    return [without(capture, left_out[capture]) if capture in left_out else capture for capture in captures]


def parts(captures, alone):
    size = 1 if alone else CAPTURES_IN_ONE
    groups = [captures[i:i + size] for i in range(0, len(captures), size)]
    return [tshark.readable(group[0]) if alone else together.merge(group) for group in groups]


def differences(captures, alone=False):
    """Lines on how the two differ about these captures, the frames apart that the reader names."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [line for lines in pool.map(compare, parts(followed(captures), alone)) for line in lines]
