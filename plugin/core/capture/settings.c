/* settings.c - what the user knows of the network
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/settings.h"

#include <string.h>

const struct tcprst_site tcprst_site_default = {
    .shortest_run = TCPRST_SHORTEST_RUN_DEFAULT,
    .long_silence_ns = TCPRST_LONG_SILENCE_DEFAULT_S * INT64_C(1000000000),
};

static bool is_in(const struct tcprst_address *address, const struct tcprst_known_host *host) {
    unsigned bytes = host->prefix_bits / 8, bits = host->prefix_bits % 8;
    if (memcmp(address->bytes, host->network.bytes, bytes) != 0)
        return false;
    return bits == 0 || (address->bytes[bytes] ^ host->network.bytes[bytes]) >> (8 - bits) == 0;
}

const struct tcprst_known_host *tcprst_site_find(const struct tcprst_site *site,
                                                 const struct tcprst_address *address,
                                                 enum tcprst_known_role role) {
    for (unsigned i = 0; i < site->hosts_count; i++)
        if (site->hosts[i].role == role && is_in(address, &site->hosts[i]))
            return &site->hosts[i];
    return NULL;
}
