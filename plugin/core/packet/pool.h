/* pool.h - memory for many things of one size, of which more and more are needed
 *
 * To take one and to give it back costs a tenth of g_malloc() and g_free(), and all are freed at
 * once.  Under AddressSanitizer what was given back is not used again, so that it finds who still
 * looks at it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_POOL_H
#define TCPRST_PACKET_POOL_H

#include <stddef.h>

struct tcprst_pool_block;

struct tcprst_pool {
    size_t item_bytes;
    struct tcprst_pool_block *blocks; /* owned; NULL: none yet */
    void  *given_back;                /* linked by their first bytes; NULL: none */
    size_t left;                      /* items of the newest block that were never taken */
};

/* For things of that size. */
void tcprst_pool_init(struct tcprst_pool *pool, size_t item_bytes);

/* Frees all that were taken. */
void tcprst_pool_clear(struct tcprst_pool *pool);

/* Its bytes are undefined. */
void *tcprst_pool_take(struct tcprst_pool *pool);

void tcprst_pool_give_back(struct tcprst_pool *pool, void *item);

#endif
