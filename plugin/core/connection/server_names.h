/* server_names.h - server names and words of refusal in a capture, or senders of ICMP errors, each
 * kept once, and how requests for the names ended
 *
 * Bounded: when it is full, new texts get no number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CONNECTION_SERVER_NAMES_H
#define TCPRST_CONNECTION_SERVER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

enum { TCPRST_SERVER_NAMES_MAX = 4096 };

struct tcprst_server_name {
    uint32_t served; /* requests with this name that were answered */
    uint32_t cut;    /* reset at once */
    uint16_t number; /* from 1 */
    bool     cut_at_several; /* endpoints */
    uint32_t cut_at;         /* number of the latest one, from 1 */
    char text[]; /* a stand-in, and the text after its NUL, if texts are hidden */
};

struct tcprst_server_names;

struct tcprst_server_names *tcprst_server_names_new(void);
void tcprst_server_names_free(struct tcprst_server_names *server_names);

/* From now on each new entry has a stand-in for its text, e.g. "hidden-7". */
void tcprst_server_names_hide(struct tcprst_server_names *server_names);

/* Number of a text; 0 for "", and for a new text if the table is full. */
uint16_t tcprst_server_names_add(struct tcprst_server_names *server_names, const char *text);

/* The entry with that number, valid as long as the table; NULL for 0. */
struct tcprst_server_name *tcprst_server_names_at(const struct tcprst_server_names *server_names,
                                                  uint16_t number);

/* Counts a request with this name that was answered, or that was reset by the endpoint with that
 * number.  Does nothing if `number` is 0. */
void tcprst_server_names_note_served(struct tcprst_server_names *server_names, uint16_t number);
void tcprst_server_names_note_cut(struct tcprst_server_names *server_names, uint16_t number,
                                  uint32_t endpoint);

/* Takes one that was counted as reset back. */
void tcprst_server_names_take_back_cut(struct tcprst_server_names *server_names, uint16_t number);

#endif
