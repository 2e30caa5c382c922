# The list of stories: each a function that fills a capture, with what its truth file says of it.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import dataclass
from typing import Callable

STORIES = {}


@dataclass(frozen=True)
class Story:
    """folder is below the captures' directory; what, source and point are the truth file's."""
    name: str
    folder: str
    what: str
    source: str
    point: str
    tell: Callable


def story(name, what, source, point, folder="variants"):
    def remember(tell):
        assert name not in STORIES
        STORIES[name] = Story(name, folder, " ".join(what.split()), source, point, tell)
        return tell
    return remember
