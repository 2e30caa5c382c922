/* next_step_rows.h - what a next step says, and must not say, where two points saw the connection
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_NEXT_STEP_ROWS_H
#define TCPRST_TEST_NEXT_STEP_ROWS_H

#include "story.h"

#define BOTH_SEE SYN(0, .there = TOO), SYN_ACK(MS(40), .there = TOO), ACK(MS(40.1), .there = TOO)
static const struct step seen_by_both[] = {BOTH_SEE, REQUEST(MS(42), .there = TOO),
                                           RESPONSE(MS(83), .there = TOO), {0}};
#define AMID .before = {{seen_by_both, 1}}, .later = {{seen_by_both, 1}}

static const struct story at_host = {.steps = {BOTH_SEE, REQUEST(MS(42), .there = TOO), RST(MS(82), .there = TOO)},
                                     AMID},
    between = {.steps = {BOTH_SEE, REQUEST(MS(90)), RST(MS(93), .ttl = 60)}, AMID},
    otherwise = {.steps = {BOTH_SEE, REQUEST(MS(90)), RST(MS(130))}, AMID},
    refused_between = {.steps = {SYN(0), RST_ACK(MS(3), .ttl = 60)}, AMID},
    dropped = {.steps = {SYN(0), SYN(SEC(1)), SYN(SEC(3)), SYN(SEC(7))}, AMID, .silence = true},
    vanished = {.steps = {BOTH_SEE, REQUEST(MS(41)), REQUEST(MS(250), .back = 100), REQUEST(MS(650), .back = 100),
                          REQUEST(MS(1450), .back = 100), REQUEST(MS(6250), .back = 100)}, AMID, .silence = true},
    unheard = {.steps = {BOTH_SEE, REQUEST(MS(41), .there = TOO), REQUEST(MS(250), .back = 100, .there = TOO),
                         REQUEST(MS(650), .back = 100, .there = TOO), REQUEST(MS(6250), .back = 100, .there = TOO)},
               AMID, .silence = true};

static const struct {
    const struct story *story;
    const char *cause, *says, *never;
} steps_there[] = {
    {&at_host, "rejected-in-path", "begin with the rules of that host", "will be absent"},
    {&at_host, "forged", "it passed the server's own link. A REJECT rule", "apture on"},
    {&between, "forged", ": it is between the two capture points.", "REJECT"},
    {&otherwise, "forged", "did not pass the capture point nearer to the server", "apture on"},
    {&at_host, "content-filter", "host's own application.", "capture on"},
    {&at_host, "syn-proxy", "SYN proxy). `nstat", "capture on"},
    {&refused_between, "syn-proxy", "SYN proxy). `nstat", "capture on"},
    {&refused_between, "refused-in-path", "is not beyond the capture point nearer to the server.", "will not contain"},
    {&otherwise, "path-flip", "to two hosts.", "capture on"},
    {&at_host, "bad-synack", "Compare the numbers of the SYN/ACK at both capture points: if", "as well"},
    {&at_host, "bad-handshake-ack", "Compare at both capture points the", "on both sides"},
    {&at_host, "not-a-reset", "what the other capture point saw", "at another point"},
    {&at_host, "peer-vanished", "The capture point nearer to the peer shows which", "side"},
    {&at_host, "undetermined", "capture point nearer to the server: on the server `nstat", "both hosts"},
    {&between, "undetermined", "look for what sent it before that.", "nstat"},
    {&dropped, "port-filtered", "between the two capture points", "on the host itself"},
    {&dropped, "syn-dropped", "On firewalls", "nstat"},
    {&dropped, "option-dropped", "drops it, between the two capture points.", "capture on each"},
    {&vanished, "accept-queue-full", NULL, "capture there"},
    {&vanished, "syn-cookie-dropped", "look between the points", "capture there"},
    {&vanished, "peer-vanished", "did not come to the capture point nearer to it: look at firewalls", "A capture"},
    {&unheard, "peer-vanished", "look at that host", "firewalls"},
};

#endif
