"""Captures of every shape in one file: what is asked of each of them costs one run of tshark.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import functools
import subprocess

import truth
import tshark


def merge(captures, name="together.pcapng"):
    """These captures one behind the other, whatever their times, readable to everybody."""
    file = tshark.public_folder("together-") / name
    subprocess.run(["mergecap", "-a", "-w", file, *captures], check=True, capture_output=True)
    file.chmod(0o644)
    return file


@functools.cache
def shapes():
    return merge(truth.shapes())


def count(capture):
    """Frames in a capture."""
    told = subprocess.run(["capinfos", "-T", "-r", "-c", capture], check=True, capture_output=True, text=True)
    return int(told.stdout.split("\t")[1])


@functools.cache
def ends():
    """[(last frame, capture)] of the parts of shapes()."""
    found, last = [], 0
    for capture in truth.shapes():
        last += count(capture)
        found.append((last, capture))
    return found


def origin(frame):
    """A frame of shapes() as a reader of the captures finds it."""
    first = 0
    for last, capture in ends():
        if frame <= last:
            return f"{truth.name(capture)}, frame {frame - first}"
        first = last
    return f"frame {frame} of none"
