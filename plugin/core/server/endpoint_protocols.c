/* endpoint_protocols.c - counts the languages of an endpoint
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/endpoint_protocols.h"

#include "core/connection/connection.h"

static void count(uint16_t *number) {
    *number = (uint16_t)(*number + (*number < UINT16_MAX));
}

void tcprst_dialect_note(struct tcprst_dialect *dialect, const struct tcprst_content *content) {
    const uint8_t client = content->said[TCPRST_CLIENT].speech, server = content->said[TCPRST_SERVER].speech;
    if (client)
        count(&dialect->asked[client]);
    if (server)
        count(&dialect->answered[server]);
}

/* A port that was asked in HTTP is one that answers HTTP, and so on; it may not have been captured. */
unsigned tcprst_dialect_others(const struct tcprst_dialect *dialect, enum tcprst_speech client,
                               enum tcprst_speech *most_common) {
    unsigned most = 0;
    for (unsigned speech = 0; speech < TCPRST_SPEECHES; speech++) {
        unsigned times = dialect->asked[speech];
        if (dialect->answered[speech] > times)
            times = dialect->answered[speech];
        if (times <= most || !tcprst_speeches_clash(client, speech))
            continue;
        most = times;
        *most_common = speech;
    }
    return most;
}
