/* identity.c - hashes what makes a connection, or a reset, that one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/identity.h"

#include <stdio.h>
#include <string.h>

#include "core/reset/silence.h"

enum { SHA1_SIZE = 20, PROTOCOL_TCP = 6, IPV4_OFFSET = 12, IPV4_SIZE = 4 };

static void add(GChecksum *sum, const void *bytes, gsize size) {
    g_checksum_update(sum, bytes, (gssize)size);
}

static void add_16(GChecksum *sum, unsigned value) {
    const guint8 bytes[] = {(guint8)(value >> 8), (guint8)value};
    add(sum, bytes, sizeof bytes);
}

static void add_address(GChecksum *sum, const struct tcprst_address *address) {
    if (tcprst_is_ipv4(address))
        add(sum, address->bytes + IPV4_OFFSET, IPV4_SIZE);
    else
        add(sum, address->bytes, sizeof address->bytes);
}

/* Which end comes first: that of the smaller address, then of the smaller port. */
static unsigned first_end(const struct tcprst_tuple *tuple) {
    int order = memcmp(&tuple->address[0], &tuple->address[1], sizeof tuple->address[0]);
    return order > 0 || (!order && tuple->port[0] > tuple->port[1]);
}

static void add_ends(GChecksum *sum, const struct tcprst_tuple *tuple) {
    unsigned first = first_end(tuple);
    add_address(sum, &tuple->address[first]);
    add_address(sum, &tuple->address[!first]);
    add_16(sum, PROTOCOL_TCP << 8);
    add_16(sum, tuple->port[first]);
    add_16(sum, tuple->port[!first]);
}

static void finish(GChecksum *sum, guint8 digest[SHA1_SIZE]) {
    gsize size = SHA1_SIZE;
    g_checksum_get_digest(sum, digest, &size);
    g_checksum_free(sum);
}

void tcprst_community_id(const struct tcprst_tuple *tuple, char text[TCPRST_COMMUNITY_ID_SIZE]) {
    guint8 digest[SHA1_SIZE];
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA1);
    add_16(sum, 0);
    add_ends(sum, tuple);
    finish(sum, digest);
    char *encoded = g_base64_encode(digest, sizeof digest);
    snprintf(text, TCPRST_COMMUNITY_ID_SIZE, "1:%s", encoded);
    g_free(encoded);
}

/* A silence has a later frame with each repeat, and stays the same. */
static int64_t time_of(const struct tcprst_event *event) {
    const bool has_beginning = event->before->side[TCPRST_CLIENT].syn.frame ||
                               event->before->side[TCPRST_SERVER].syn.frame;
    if (!event->silence)
        return event->time_ns;
    return has_beginning ? tcprst_silence_begin_ns(event) : event->silence->since_ns;
}

void tcprst_event_id(const struct tcprst_event *event, char text[TCPRST_EVENT_ID_SIZE]) {
    guint8 digest[SHA1_SIZE];
    char *reset = g_strdup_printf("%" G_GINT64_FORMAT " %u %s", time_of(event) / 1000, event->seq,
                                  tcprst_role_name(event->from));
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA1);
    add_ends(sum, &event->before->tuple);
    add(sum, reset, strlen(reset));
    finish(sum, digest);
    g_free(reset);
    for (unsigned i = 0; i < TCPRST_EVENT_ID_SIZE / 2; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
}
