/* parts.c - makes and frees what a capture consists of
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"

#include "core/packet/hash.h"

static void free_endpoint(gpointer endpoint) {
    tcprst_endpoint_clear(endpoint);
    g_free(endpoint);
}

static void free_host(gpointer host) {
    tcprst_host_clear(host);
    g_free(host);
}

struct tcprst_capture *tcprst_capture_new(void) {
    struct tcprst_capture *capture = g_new0(struct tcprst_capture, 1);
    capture->store = tcprst_store_new(&capture->race);
    capture->endpoints =
        g_hash_table_new_full(tcprst_hash_endpoint, tcprst_equal_endpoint, NULL, free_endpoint);
    capture->hosts = g_hash_table_new_full(tcprst_hash_address, tcprst_equal_address, NULL, free_host);
    capture->notes = tcprst_frame_index_new();
    capture->settings = &tcprst_settings_default;
    capture->server_names = tcprst_server_names_new();
    capture->latest_syns = tcprst_latest_syns_new();
    tcprst_statistics_log_init(&capture->statistics);
    return capture;
}

void tcprst_capture_free(struct tcprst_capture *capture) {
    tcprst_store_free(capture->store);
    g_hash_table_unref(capture->endpoints);
    g_hash_table_unref(capture->hosts);
    tcprst_frame_index_free(capture->notes);
    tcprst_server_names_free(capture->server_names);
    tcprst_latest_syns_free(capture->latest_syns);
    tcprst_statistics_log_clear(&capture->statistics);
    g_free(capture);
}

void tcprst_capture_keep(struct tcprst_capture *capture, unsigned kept) {
    tcprst_store_keep(capture->store, kept);
}

struct tcprst_host *tcprst_capture_host(struct tcprst_capture *capture, const struct tcprst_address *address) {
    struct tcprst_host *host = g_hash_table_lookup(capture->hosts, address);
    if (host)
        return host;
    host = g_new(struct tcprst_host, 1);
    tcprst_host_init(host);
    host->address = *address;
    g_hash_table_add(capture->hosts, host);
    return host;
}

struct tcprst_endpoint *tcprst_capture_find_endpoint(const struct tcprst_capture *capture,
                                                     const struct tcprst_address *address, uint16_t port) {
    struct tcprst_endpoint key = {.address = *address, .port = port};
    return g_hash_table_lookup(capture->endpoints, &key);
}

struct tcprst_endpoint *tcprst_capture_endpoint(struct tcprst_capture *capture,
                                                const struct tcprst_address *address, uint16_t port) {
    struct tcprst_endpoint *endpoint = tcprst_capture_find_endpoint(capture, address, port);
    if (endpoint)
        return endpoint;
    endpoint = g_new(struct tcprst_endpoint, 1);
    tcprst_endpoint_init(endpoint);
    endpoint->address = *address;
    endpoint->port = port;
    endpoint->host = tcprst_capture_host(capture, address);
    tcprst_statistics_log_number(&capture->statistics, endpoint);
    g_hash_table_add(capture->endpoints, endpoint);
    return endpoint;
}
