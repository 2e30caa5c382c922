/* known_hosts.c - evidence in what the user has listed about the addresses of a connection
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

/* The value is the note in the user's list. */
static bool is_known(const struct tcprst_view *v, const struct tcprst_address *address,
                     enum tcprst_known_role role, char *value) {
    const struct tcprst_known_host *host =
        tcprst_settings_find_host(tcprst_capture_settings(v->capture), address, role);
    return host && SAY("%s", host->note ? host->note : "");
}

bool tcprst_saw_client_is_known_monitor(const struct tcprst_view *v, char *value) {
    return is_known(v, &v->event->client->address, TCPRST_KNOWN_MONITOR, value);
}

bool tcprst_saw_client_is_known_scanner(const struct tcprst_view *v, char *value) {
    return is_known(v, &v->event->client->address, TCPRST_KNOWN_SCANNER, value);
}

bool tcprst_saw_client_is_known_nat(const struct tcprst_view *v, char *value) {
    return is_known(v, &v->event->client->address, TCPRST_KNOWN_NAT, value);
}

/* The server's address belongs to a device, or is protected by one, that answers in its name. */
bool tcprst_saw_server_is_behind_proxy(const struct tcprst_view *v, char *value) {
    return is_known(v, &v->event->connection->endpoint->address, TCPRST_KNOWN_PROXY, value);
}
