# ring.awk - which files one ring of dumpcap or tshark wrote: their names differ in a number and a time
#
# SPDX-License-Identifier: GPL-2.0-or-later

# What the names of a ring's files have in common; of another file the name itself.
function ring_of(name, number, time) {
    number = "_[0-9][0-9][0-9][0-9][0-9]"
    time = "_20[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]"
    sub("(" number time "|" time number ")[.](pcap|pcapng)([.]gz)?$", "", name)
    return name
}
