/* settings.h - what the user knows of the network, and preferences for verdicts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_SETTINGS_H
#define TCPRST_CAPTURE_SETTINGS_H

#include "core/packet/segment.h"

enum tcprst_known_role {
    TCPRST_KNOWN_MONITOR, /* balancer or monitor: its short connections are checks */
    TCPRST_KNOWN_SCANNER,
    TCPRST_KNOWN_PROXY,   /* SYN proxy or firewall: answers in the names of other hosts */
    TCPRST_KNOWN_NAT,     /* many clients share its address */
};

/* Addresses that the user has listed; `prefix_bits` are of the 128 bits of a struct
 * tcprst_address. */
struct tcprst_known_host {
    struct tcprst_address network;
    unsigned prefix_bits;
    enum tcprst_known_role role;
    const char *note; /* the user's words; NULL or "": none */
};

struct tcprst_settings {
    const struct tcprst_known_host *hosts; /* NULL: none */
    unsigned hosts_count;
    unsigned shortest_run;    /* smallest number of connections that makes a run */
    int64_t  long_silence_ns; /* shortest silence that is called long */
};

enum { TCPRST_SHORTEST_RUN_DEFAULT = 3, TCPRST_LONG_SILENCE_DEFAULT_S = 30 };

/* Without any knowledge of the user's. */
extern const struct tcprst_settings tcprst_settings_default;

/* The first entry with this role that contains the address; NULL if there is none.  Valid as long
 * as the settings. */
const struct tcprst_known_host *tcprst_settings_find_host(const struct tcprst_settings *settings,
                                                 const struct tcprst_address *address,
                                                 enum tcprst_known_role role);

#endif
