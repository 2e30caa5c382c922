# Writes the truth about a capture as TOML.
# SPDX-License-Identifier: GPL-2.0-or-later

import textwrap

HEADER = """\
# What happened in {name}.pcapng and what must be said of it; see pcaps/README.md.
# SPDX-License-Identifier: GPL-2.0-or-later
"""
ORDER = ("frames", "repeats", "stage", "from", "form", "sender", "cause", "not_cause",
         "min_certainty", "max_certainty", "ttl_delta", "alone")


def value(item):
    if isinstance(item, list):
        return "[" + ", ".join(value(i) for i in item) + "]"
    if isinstance(item, str):
        assert '"' not in item and "\\" not in item
        return f'"{item}"'
    return str(item)


def line(key, width, item):
    """key = value, long lists folded."""
    text = f"{key:<{width}} = {value(item)}"
    if not isinstance(item, list):
        return text
    return textwrap.fill(text, 100, subsequent_indent=" " * (width + 4), break_long_words=False,
                         break_on_hyphens=False)


def event(table, name="event"):
    keys = {"frames": table["frames"]}
    keys |= {"repeats": table["repeats"]} if table["repeats"] else {}
    keys |= table["facts"]
    assert set(keys) <= set(ORDER), set(keys) - set(ORDER)
    width = max(map(len, keys))
    return "\n".join(["", f"[[{name}]]"] + [line(k, width, keys[k]) for k in ORDER if k in keys])


def toml(story, events, spoiled, survived=(), silences=()):
    about = {"what": story.what, "origin": "synthesised", "made": f"tests/synth/make {story.name}",
             "source": story.source, "point": story.point}
    about |= {"spoiled": spoiled} if spoiled else {}
    about |= {"survived": list(survived)} if survived else {}
    lines = [line(key, max(map(len, about)) if survived else 6, item) for key, item in about.items()]
    return HEADER.format(name=story.name) + "\n".join(lines + [event(e) for e in events]
                                                   + [event(s, "silence") for s in silences]) + "\n"
