# Waits that end as soon as their condition holds, and never last for ever.
# SPDX-License-Identifier: GPL-2.0-or-later

import select
import time

from lab.netns import LabError

PATIENCE_S = 8
LOOK_AGAIN_S = 0.001


def until(condition, what, patience_s=PATIENCE_S):
    """Returns the first true value of condition()."""
    deadline = time.monotonic() + patience_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise LabError(f"not within {patience_s} s: {what}")
        time.sleep(LOOK_AGAIN_S)


def until_readable(reader, what, patience_s=PATIENCE_S):
    if not select.select([reader], [], [], patience_s)[0]:
        raise LabError(f"not within {patience_s} s: {what}")


def until_line(process, stream, wanted):
    """A started process says so when it is ready.  stream: unbuffered, so that select() sees all of it."""
    while True:
        until_readable(stream, f"{process.args[0]} says '{wanted}'")
        line = stream.readline().decode()
        if wanted in line:
            return
        if not line:
            raise LabError(f"{process.args[0]} ended before it was ready")


def end(process):
    process.kill()
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
