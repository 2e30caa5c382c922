/* settings.h - what the user knows of the network, and asks of verdicts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_SETTINGS_H
#define TCPRST_CAPTURE_SETTINGS_H

#include "core/packet/segment.h"

enum tcprst_known_role {
    TCPRST_KNOWN_MONITOR, /* balancer or monitor: its short connections are checks */
    TCPRST_KNOWN_SCANNER,
    TCPRST_KNOWN_PROXY,   /* SYN proxy or firewall: answers in others' names */
    TCPRST_KNOWN_NAT,     /* many clients share its address */
};

/* Addresses that the user has told about; `prefix_bits` counts within the 128 of a struct tcprst_address. */
struct tcprst_known_host {
    struct tcprst_address network;
    unsigned prefix_bits;
    enum tcprst_known_role role;
    const char *note; /* the user's words; NULL or "": none */
};

struct tcprst_settings {
    const struct tcprst_known_host *hosts; /* NULL: none */
    unsigned hosts_count;
    unsigned shortest_run;    /* connections: so many in a row make a run */
    int64_t  long_silence_ns; /* from here on a silence is long */
};

enum { TCPRST_SHORTEST_RUN_DEFAULT = 3, TCPRST_LONG_SILENCE_DEFAULT_S = 30 };

/* For who has nothing to say. */
extern const struct tcprst_settings tcprst_settings_default;

/* The first entry of this role that the address is in; NULL if there is none. */
const struct tcprst_known_host *tcprst_settings_find_host(const struct tcprst_settings *settings,
                                                 const struct tcprst_address *address,
                                                 enum tcprst_known_role role);

#endif
