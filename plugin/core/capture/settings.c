/* settings.c - what the user knows of the network
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/settings.h"

#include <string.h>

const struct tcprst_settings tcprst_settings_default = {
    .shortest_run = TCPRST_SHORTEST_RUN_DEFAULT,
    .long_silence_ns = TCPRST_LONG_SILENCE_DEFAULT_S * INT64_C(1000000000),
};

static bool is_in(const struct tcprst_address *address, const struct tcprst_known_host *host) {
    unsigned bytes = host->prefix_bits / 8, bits = host->prefix_bits % 8;
    if (memcmp(address->bytes, host->network.bytes, bytes) != 0)
        return false;
    return bits == 0 || (address->bytes[bytes] ^ host->network.bytes[bytes]) >> (8 - bits) == 0;
}

const struct tcprst_known_host *tcprst_settings_find_host(const struct tcprst_settings *settings,
                                                 const struct tcprst_address *address,
                                                 enum tcprst_known_role role) {
    for (unsigned i = 0; i < settings->hosts_count; i++)
        if (settings->hosts[i].role == role && is_in(address, &settings->hosts[i]))
            return &settings->hosts[i];
    return NULL;
}
