/* zeek_history.c - writes what happened on a connection as Zeek does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/connection/connection.h"

/* By enum tcprst_letter (observe.h). */
static const char history_alphabet[] = "shadfrwt";

void tcprst_connection_history(const struct tcprst_connection *c, char text[TCPRST_HISTORY_SIZE]) {
    char *p = text;
    if (c->first_from_server)
        *p++ = '^';
    for (unsigned i = 0; i < c->history_letters; i++) {
        unsigned code = c->history >> (4 * i) & 15;
        char shown = history_alphabet[code & 7];
        *p++ = code >> 3 == TCPRST_CLIENT ? g_ascii_toupper(shown) : shown;
    }
    *p = '\0';
}

const char *tcprst_connection_state_name(const struct tcprst_connection *c, enum tcprst_role from) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    bool established = server->syn.frame && client->syn.frame;
    if (from == TCPRST_SERVER) {
        if (client->syn.frame && !server->syn.frame && !c->handshake_done)
            return "REJ";
        return client->syn.frame ? "RSTR" : "RSTRH";
    }
    return established || c->handshake_done ? "RSTO" : "RSTOS0";
}
