/* parts.c - creates and frees the parts of a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"

#include "core/packet/hash.h"

struct tcprst_capture *tcprst_capture_new(void) {
    struct tcprst_capture *capture = g_new0(struct tcprst_capture, 1);
    capture->store = tcprst_store_new(&capture->race, &capture->points);
    tcprst_table_init(&capture->hosts);
    tcprst_host_pools_init(&capture->host_pools);
    capture->frames = tcprst_frame_index_new();
    capture->settings = &tcprst_settings_default;
    capture->earliest_ns = INT64_MAX;
    capture->latest_ns = INT64_MIN;
    capture->server_names = tcprst_server_names_new();
    capture->icmp_senders = tcprst_server_names_new();
    capture->latest_syns = tcprst_latest_syns_new();
    capture->silences = tcprst_silences_new();
    capture->resets_beside = g_array_new(FALSE, TRUE, sizeof(struct tcprst_reset_neighbours));
    tcprst_points_init(&capture->points);
    tcprst_statistics_log_init(&capture->statistics);
    return capture;
}

void tcprst_capture_free(struct tcprst_capture *capture) {
    tcprst_silences_free(capture->silences);
    g_array_unref(capture->resets_beside);
    tcprst_store_free(capture->store);
    tcprst_table_clear(&capture->hosts, NULL);
    tcprst_host_pools_clear(&capture->host_pools);
    tcprst_frame_index_free(capture->frames);
    tcprst_server_names_free(capture->server_names);
    tcprst_server_names_free(capture->icmp_senders);
    tcprst_latest_syns_free(capture->latest_syns);
    tcprst_statistics_log_clear(&capture->statistics);
    tcprst_points_clear(&capture->points);
    g_free(capture);
}

void tcprst_capture_keep(struct tcprst_capture *capture, unsigned kept) {
    tcprst_store_keep(capture->store, kept);
}

struct tcprst_host *tcprst_capture_host(struct tcprst_capture *capture,
                                        const struct tcprst_address *address) {
    const guint hash = tcprst_hash_address(address);
    struct tcprst_host *host =
        tcprst_table_find(&capture->hosts, hash, address, tcprst_equal_address);
    if (host)
        return host;
    host = tcprst_host_new(&capture->host_pools, address);
    tcprst_table_add(&capture->hosts, hash, host);
    return host;
}

struct tcprst_host *tcprst_capture_client(struct tcprst_capture *capture,
                                          struct tcprst_connection *c) {
    if (!c->client)
        c->client = tcprst_capture_host(capture, tcprst_address_of(c, TCPRST_CLIENT));
    return c->client;
}

struct tcprst_endpoint *tcprst_capture_endpoint(struct tcprst_capture *capture,
                                                const struct tcprst_end *end) {
    struct tcprst_endpoint *endpoint = tcprst_store_endpoint(capture->store, end);
    return endpoint ? endpoint
                    : tcprst_store_add_endpoint(capture->store, end,
                                                tcprst_capture_host(capture, &end->address));
}
