/* pool.c - blocks of memory that are divided into items
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/pool.h"

#include <glib.h>
#include <stdint.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define TCPRST_POOL_IS_WATCHED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define TCPRST_POOL_IS_WATCHED
#endif
#ifdef TCPRST_POOL_IS_WATCHED
#include <sanitizer/asan_interface.h>
#endif

/* A block has as many items as all before it together, within these limits: a capture of few
 * connections takes little memory, one of many has few blocks. */
enum { FEWEST_ITEMS = 4, MOST_ITEMS = 256 };

struct tcprst_pool_block {
    struct tcprst_pool_block *older; /* NULL: the first */
    size_t items;
    int64_t units[]; /* as all that is kept in pools wants to be aligned; MSVC has no max_align_t */
};

void tcprst_pool_init(struct tcprst_pool *pool, size_t item_bytes) {
    const size_t unit = sizeof(int64_t);
    *pool = (struct tcprst_pool){.item_bytes = (item_bytes + unit - 1) / unit * unit};
}

void tcprst_pool_clear(struct tcprst_pool *pool) {
    for (struct tcprst_pool_block *block = pool->blocks, *older; block; block = older) {
        older = block->older;
        g_free(block);
    }
    tcprst_pool_init(pool, pool->item_bytes);
}

static void add_block(struct tcprst_pool *pool) {
    const size_t items =
        pool->blocks ? MIN(2 * pool->blocks->items, (size_t)MOST_ITEMS) : FEWEST_ITEMS;
    struct tcprst_pool_block *block = g_malloc(sizeof *block + items * pool->item_bytes);
    block->older = pool->blocks;
    block->items = items;
    pool->blocks = block;
    pool->left = items;
}

void *tcprst_pool_take(struct tcprst_pool *pool) {
    void *item = pool->given_back;
    if (item) {
        pool->given_back = *(void **)item;
        return item;
    }
    if (!pool->left)
        add_block(pool);
    return (char *)pool->blocks->units + --pool->left * pool->item_bytes;
}

void tcprst_pool_give_back(struct tcprst_pool *pool, void *item) {
#ifdef TCPRST_POOL_IS_WATCHED
    ASAN_POISON_MEMORY_REGION(item, pool->item_bytes);
#else
    *(void **)item = pool->given_back;
    pool->given_back = item;
#endif
}
