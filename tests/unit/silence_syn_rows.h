/* silence_syn_rows.h - silences of a SYN: what ICMP errors, other ports and options tell
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SILENCE_SYN_ROWS_H
#define TCPRST_SILENCE_SYN_ROWS_H

#include "neighbours.h"
#include "silence_rows.h"

#define WITH_ECN(time) SYN(time, .options = PLAIN_OPTIONS | TCPRST_OPT_ECN)
#define WITH_TIME(time) SYN(time, .options = PLAIN_OPTIONS | TCPRST_OPT_TIMESTAMP)
static const struct step served_without_time[] = {
    SYN(0, .options = PLAIN_OPTIONS), SYN_ACK(MS(40)), ACK(MS(40.1)), REQUEST(MS(41)),
    RESPONSE(MS(90)), {0}};
static const struct step served_with_ecn[] = {WITH_ECN(0), SYN_ACK(MS(40)), ACK(MS(40.1)),
                                              REQUEST(MS(41)), RESPONSE(MS(90)), {0}};

static const struct story syns_told[] = {
    {"a router says so of the only SYN, and the capture ends", {SYN(0), ICMP_ERROR(MS(10), 3, 1)},
     .silence = true, .shows = "icmp-unreachable lone-syn", .cause = "host-silent"},
    {"a router says so of all three SYNs, and the capture ends",
     {SYN(0), SYN(SEC(1)), SYN(SEC(2)), ICMP_ERROR(SEC(2.9), 3, 1)},
     .silence = true, .shows = "icmp-unreachable", .lacks = "lone-syn", .cause = "host-silent"},
    {"a filter says so of the only SYN, and the capture ends", {SYN(0), ICMP_ERROR(MS(2), 3, 10)},
     .silence = true, .shows = "icmp-prohibited lone-syn", .cause = "port-filtered"},
    {"a router says so", {SYN(0), SYN(SEC(1)), SYN(SEC(3)), ICMP_ERROR(SEC(3.1), 3, 1)},
     .silence = true, .shows = "icmp-unreachable", .cause = "host-silent"},
    {"another port answers", {DEAD_SYN},
     .later = {SERVE(.times = 3, .clients = 3, .port = 22)},
     .silence = true, .shows = "host-answers-meanwhile", .lacks = "host-answered-before",
     .cause = "port-filtered"},
    {"another port refuses", {DEAD_SYN},
     .later = {{.steps = (const struct step[])REFUSED, .times = 2, .port = 22}},
     .silence = true, .shows = "host-answers-meanwhile", .cause = "port-filtered"},
    {"another port had answered", {DEAD_SYN},
     .before = {SERVE(.times = 3, .clients = 3, .port = 22)},
     .silence = true, .shows = "host-answered-before", .cause = "no-answer"},
    {"a filter says so to the first SYN", {SYN(0), ICMP_ERROR(MS(10), 3, 10)},
     .later = {SERVE(.times = 9, .clients = 3, .port = 22, .host = 9)},
     .silence = true, .shows = "icmp-prohibited lone-syn", .cause = "port-filtered"},
    {"a filter says so", {SYN(0), SYN(SEC(1)), SYN(SEC(3)), ICMP_ERROR(SEC(3.1), 3, 13)},
     .silence = true, .shows = "icmp-prohibited", .cause = "port-filtered"},
    {"the port answers others, before and after", {DEAD_SYN},
     .before = {SERVE(.times = 3, .clients = 3)}, .later = {SERVE(.times = 3, .clients = 3)},
     .silence = true, .shows = "port-answers-after", .lacks = "port-answers-meanwhile",
     .cause = "no-answer"},
    {"the port answers others meanwhile", {DEAD_SYN}, .amid = {SERVE(.times = 3, .clients = 3)},
     .silence = true, .shows = "port-answers-meanwhile", .cause = "syn-dropped"},
    {"the port answered until then", {DEAD_SYN}, .before = {SERVE(.times = 3, .clients = 3)},
     .silence = true, .shows = "port-answered-before", .cause = "no-answer"},
    {"only SYNs without ECN are answered", {WITH_ECN(0), WITH_ECN(SEC(1)), WITH_ECN(SEC(3))},
     .later = {SERVE(.times = 3, .clients = 3)}, .silence = true,
     .shows = "option-never-answered", .cause = "option-dropped"},
    {"only the client's SYNs without timestamps are answered",
     {WITH_TIME(0), WITH_TIME(SEC(1)), WITH_TIME(SEC(3))},
     .before = {{.steps = served_without_time, .times = 1}},
     .later = {{.steps = served_without_time, .times = 2}}, .silence = true,
     .shows = "option-never-answered client-opened-without", .cause = "option-dropped",
     .certainty = "high"},
    {"the client gets through without it to other servers only",
     {WITH_ECN(0), WITH_ECN(SEC(1)), WITH_ECN(SEC(3))},
     .before = {SERVE(.times = 2, .clients = 2)},
     .later = {SERVE(.times = 2, .clients = 2), SERVE(.times = 3, .host = 9)}, .silence = true,
     .shows = "option-never-answered", .lacks = "client-opened-without",
     .cause = "option-dropped", .not_high = true},
    {"the client gets through without it to the same server",
     {WITH_ECN(0), WITH_ECN(SEC(1)), WITH_ECN(SEC(3))},
     .later = {SERVE(.times = 3)}, .silence = true,
     .shows = "option-never-answered client-opened-without", .cause = "option-dropped",
     .certainty = "high"},
    {"only other clients' SYNs without timestamps are answered",
     {WITH_TIME(0), WITH_TIME(SEC(1)), WITH_TIME(SEC(3))},
     .before = {{.steps = served_without_time, .times = 2, .clients = 2}},
     .later = {{.steps = served_without_time, .times = 2, .clients = 2}}, .silence = true,
     .lacks = "option-never-answered client-opened-without", .cause = "no-answer"},
    {"only the client's earlier SYNs without timestamps are answered",
     {WITH_TIME(0), WITH_TIME(SEC(1)), WITH_TIME(SEC(3))},
     .before = {{.steps = served_without_time, .times = 3}}, .silence = true,
     .shows = "option-never-answered", .lacks = "client-opened-without", .not_high = true},
    {"others with ECN are answered", {WITH_ECN(0), WITH_ECN(SEC(1)), WITH_ECN(SEC(3))},
     .before = {SERVE(.times = 3, .clients = 3)},
     .amid = {{.steps = served_with_ecn, .times = 1, .clients = 3}}, .silence = true,
     .lacks = "option-never-answered", .cause = "syn-dropped"},
};

#endif
