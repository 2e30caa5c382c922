/* server_names.h - names and words heard in a capture, each kept once, and how those who said them fared
 *
 * Bounded: when it is full, what is new has no number.
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
    uint32_t cut_at;         /* the latest one: its number, from 1 */
    char text[];
};

struct tcprst_server_names;

struct tcprst_server_names *tcprst_server_names_new(void);
void tcprst_server_names_free(struct tcprst_server_names *server_names);

/* Number of a word, 0 for "" and for a new one when the lexicon is full. */
uint16_t tcprst_server_names_add(struct tcprst_server_names *server_names, const char *text);

/* The word of that number, NULL for 0. */
struct tcprst_server_name *tcprst_server_names_at(const struct tcprst_server_names *server_names, uint16_t number);

/* Counts a request with this name, which was answered or, at the endpoint of that number, reset; does nothing
 * for the name 0. */
void tcprst_server_names_note_served(struct tcprst_server_names *server_names, uint16_t number);
void tcprst_server_names_note_cut(struct tcprst_server_names *server_names, uint16_t number, uint32_t endpoint);

/* Requests with any name that were answered. */
uint32_t tcprst_server_names_served(const struct tcprst_server_names *server_names);

#endif
