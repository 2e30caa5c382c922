/* identity.h - names of a connection and of a reset that are the same in every capture which holds
 * them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_IDENTITY_H
#define TCPRST_OUTPUT_IDENTITY_H

#include "core/reset/event.h"

/* Sizes of the texts, with the terminating 0. */
enum { TCPRST_EVENT_ID_SIZE = 17, TCPRST_COMMUNITY_ID_SIZE = 31 };

/* 16 hexadecimal digits, made of the connection's ends and of the reset's time, sequence number and
 * sender; of a silence, with the time when its connection began or, where that is not in the
 * capture, when it was asked.  They do not depend on frame numbers, on what else was captured, nor
 * on whether the file keeps microseconds or nanoseconds. */
void tcprst_event_id(const struct tcprst_event *event, char text[TCPRST_EVENT_ID_SIZE]);

/* Community ID, version 1 with seed 0, of https://github.com/corelight/community-id-spec: the same
 * as Zeek, Suricata and Wireshark give to this connection. */
void tcprst_community_id(const struct tcprst_tuple *tuple, char text[TCPRST_COMMUNITY_ID_SIZE]);

#endif
