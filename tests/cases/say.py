"""Prints all that the plugin says of the captures, a line a field, so that two Wiresharks can be compared.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import truth
import tshark
from passes import ONE, WHOLE


def main():
    fields = {name: entry[2] for name, entry in tshark.registered().items() if entry[0] == "F"}
    for capture in truth.captures():
        for passes in (ONE, WHOLE):
            frames = tshark.rows(capture, fields, *passes, "-Y", "tcprst")
            for frame, had in frames.items():
                for field, values in had.items():
                    if fields[field] == "FT_BOOLEAN":  # older tsharks print 1, newer ones True
                        values = ["set"]
                    print(truth.name(capture), *passes, frame, field, *values, sep="\t")


if __name__ == "__main__":
    main()
