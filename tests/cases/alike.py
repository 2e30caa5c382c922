"""Comparing what is shown of the frames of together.shapes().

SPDX-License-Identifier: GPL-2.0-or-later
"""

import pytest

import together


def differences(wanted, got):
    """Of each frame what is not in both, by field or by tree."""
    for frame in sorted({*wanted, *got}):
        one, two = wanted.get(frame, {}), got.get(frame, {})
        if isinstance(one, dict):
            yield from (f"{together.origin(frame)}: {field}: wanted {one.get(field)}, got {two.get(field)}"
                        for field in sorted({*one, *two}) if one.get(field) != two.get(field))
        elif one != two:
            yield f"{together.origin(frame)}: wanted {one}, got {two}"


def must_be_equal(wanted, got):
    """Both {frame: what is shown of it}."""
    faults = list(differences(wanted, got))
    if faults:
        pytest.fail("\n".join(faults[:20]), pytrace=False)
