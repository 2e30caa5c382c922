# Turns CHANGELOG.md into debian/changelog.  Wants: series (of Wireshark), maintainer, now (a date).
#
# SPDX-License-Identifier: GPL-2.0-or-later
function end_entry() {
    if (date)
        printf "\n -- %s  %s\n", maintainer, date
}

/^## / {
    end_entry()
    printf date ? "\n" : ""
    date = now
    if ($3 != "(unreleased)") {
        command = "date -R -u -d " substr($3, 2, 10)
        command | getline date
        close(command)
    }
    printf "tcprst-wireshark (%s+ws%s-1) unstable; urgency=medium\n\n", $2, series
    next
}
date && NF { print "  " $0 }
END { end_entry() }
