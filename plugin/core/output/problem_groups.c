/* problem_groups.c - which resets share a client, a device, a host, networks or an instant
 *
 * Greedy: of all that resets of one cause share, what covers the most of them is taken, then what
 * covers the most of the rest, and so on.  Then the same once more for two servers with one fault,
 * for which less has to be shared, and for many with one fault that share nothing else; the rest
 * goes to its servers.  Linear in resets, with a bound on how often it looks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/problem_groups.h"

#include <string.h>

#include "core/packet/hash.h"

enum { SHARED_KINDS = TCPRST_SHARED_CAUSE + 1, LOOKS_MAX = 256 };

/* Servers that have no more than their cause in common, at least. */
enum { ALIKE_LEAST = 6 };

/* One server with this part of the resets, or more, is told by itself. */
enum { DOMINANT_PERCENT = 80 };

/* What the resets of a kind have in common; unused members are 0. */
struct key {
    struct tcprst_address first, second;
    uint32_t number, cause;
    uint64_t header; /* of a device */
    uint32_t shared;
    uint32_t concern;
    uint32_t fault; /* what failed, and who reset; 0 in the first round */
    uint32_t unused; /* so that there is no padding, as keys are compared by their bytes */
};

struct share {
    struct key key;
    GArray *rows;  /* guint, of the summary's judged resets */
    uint32_t left; /* those that no group has taken yet */
    bool is_refused;
};

struct sorting {
    const struct tcprst_summary *summary;
    enum round { BY_CAUSE, OF_TWO, OF_MANY } round;
    GHashTable *by_key;
    GPtrArray *shares;      /* owns them */
    struct share **of_row;  /* SHARED_KINDS for each reset; NULL: it has no such share */
    bool *is_taken;
    GArray *groups;
};

/* --- keys --- */

static guint hash_key(gconstpointer pointer) {
    const struct key *key = pointer;
    guint hash = tcprst_hash_address(&key->first) ^ 3 * tcprst_hash_address(&key->second);
    hash =
        tcprst_hash_number(hash ^ key->number) ^ tcprst_hash_number((uint32_t)(key->header >> 32));
    hash ^= (uint32_t)key->header ^ key->cause << 8 ^ key->concern << 7 ^ key->fault << 4;
    hash ^= key->shared;
    return tcprst_hash_number(hash);
}

static gboolean equal_keys(gconstpointer a, gconstpointer b) {
    return memcmp(a, b, sizeof(struct key)) == 0;
}

/* A server refuses, resets or aborts by itself: then the client is nothing that its servers
 * share. */
static bool is_about_client(const struct tcprst_judged *judged) {
    const struct tcprst_event *e = judged->event;
    return e->from == TCPRST_CLIENT || tcprst_event_failure(e) == TCPRST_FAILED_ON_SYN ||
           judged->is_third_party || e->before->roles_inferred;
}

/* TTL, window, IP ID 0 or not, ACK flag and the step of the sequence number: what injectors set
 * alike whatever connection they reset (docs/facts.md 3). */
static uint64_t header_of(const struct tcprst_event *e) {
    return (uint64_t)e->ip.ttl << 56 | (uint64_t)e->window << 40 |
           (uint64_t)(e->ip.version & 0xf) << 36 | (uint64_t)(e->ip.id != 0) << 35 |
           (uint64_t)e->has_ack << 34 | (uint64_t)(e->options.kinds != 0) << 33 |
           e->after.jump_bytes;
}

/* It has worked and failed several times: when and for whom is told by itself. */
static bool has_history(const struct tcprst_service *service) {
    enum { FAILURES_OF_HISTORY = 3 };
    return service->served && tcprst_service_failed(service) >= FAILURES_OF_HISTORY;
}

/* Two servers with one fault fail in one way, and the same side resets, unless neither did. */
static uint32_t fault_of(const struct tcprst_judged *judged) {
    const bool is_of_client = !judged->is_third_party && judged->event->from == TCPRST_CLIENT;
    return (uint32_t)tcprst_event_failure(judged->event) << 1 | (uint32_t)is_of_client;
}

/* A server that no longer answers; its clients reset their connections, or do not. */
static bool may_be_host_down(const struct tcprst_judged *judged) {
    const struct tcprst_event *e = judged->event;
    return judged->best.cause->may_be_host_down &&
           e->from == (e->silence ? TCPRST_SERVER : TCPRST_CLIENT);
}

/* False if the reset has nothing of this kind that others could share. */
static bool key_of(const struct sorting *sorting, guint row, enum tcprst_shared shared,
                   uint32_t instant, struct key *key) {
    const struct tcprst_judged *judged = tcprst_judged_at(sorting->summary, row);
    const struct tcprst_address *client = &judged->event->client->address;
    const bool is_second = sorting->round == OF_TWO;
    *key = (struct key){
        .shared = shared, .cause = tcprst_cause_row(judged->best.cause),
        .concern = judged->concern, .fault = sorting->round ? fault_of(judged) : 0};
    if (sorting->round && has_history(judged->service))
        return false;
    if (sorting->round == OF_MANY)
        return shared == TCPRST_SHARED_CAUSE && judged->concern == TCPRST_TROUBLE;
    switch (shared) {
    case TCPRST_SHARED_HOST:
        key->first = judged->service->address;
        if (may_be_host_down(judged) && !is_second) /* whatever its ports were asked */
            key->cause = TCPRST_CAUSES_MAX;
        return true;
    case TCPRST_SHARED_CLIENT:
        key->first = *client;
        return is_second || is_about_client(judged);
    case TCPRST_SHARED_DEVICE:
        key->header = header_of(judged->event);
        return judged->is_third_party && judged->event->ip.version;
    case TCPRST_SHARED_NETWORKS:
        key->first = tcprst_network_of(client);
        key->second = tcprst_network_of(&judged->service->address);
        return is_second || judged->is_third_party;
    case TCPRST_SHARED_INSTANT:
        key->number = instant;
        return judged->event->stage >= TCPRST_HANDSHAKE_DONE &&
               judged->event->from == TCPRST_SERVER;
    case TCPRST_SHARED_CAUSE: /* in the last round */
    case TCPRST_SHARED_SERVER: /* whatever is left */
        return false;
    }
    return false;
}

static struct share *share_of(struct sorting *sorting, const struct key *key) {
    struct share *share = g_hash_table_lookup(sorting->by_key, key);
    if (share)
        return share;
    share = g_new0(struct share, 1);
    share->key = *key;
    share->rows = g_array_new(FALSE, FALSE, sizeof(guint));
    g_hash_table_add(sorting->by_key, share);
    g_ptr_array_add(sorting->shares, share);
    return share;
}

static void free_share(gpointer pointer) {
    struct share *share = pointer;
    g_array_unref(share->rows);
    g_free(share);
}

/* Number of the instant, from 1: aborts of one cause with less than TCPRST_INSTANT_NS between
 * them.  In a short capture everything is near, so that it says nothing. */
struct instants {
    int64_t first_ns[TCPRST_CAUSES_MAX];
    uint32_t number[TCPRST_CAUSES_MAX], count;
};

static uint32_t instant_of(struct instants *instants, const struct tcprst_judged *judged) {
    const unsigned cause = tcprst_cause_row(judged->best.cause);
    int64_t since_ns = tcprst_elapsed_ns(instants->first_ns[cause], judged->event->time_ns);
    if (!instants->number[cause] || since_ns < 0 || since_ns > TCPRST_INSTANT_NS) {
        instants->number[cause] = ++instants->count;
        instants->first_ns[cause] = judged->event->time_ns;
    }
    return instants->number[cause];
}

static bool is_long(const struct tcprst_summary *summary) {
    enum { INSTANTS = 20 };
    return tcprst_elapsed_ns(summary->first_ns, summary->last_ns) >
           INSTANTS * (int64_t)TCPRST_INSTANT_NS;
}

static void add_shares(struct sorting *sorting) {
    struct instants instants = {.count = 0};
    bool has_instants = is_long(sorting->summary);
    for (guint row = 0; row < sorting->summary->judged->len; row++) {
        uint32_t instant = instant_of(&instants, tcprst_judged_at(sorting->summary, row));
        for (unsigned shared = 0; shared < SHARED_KINDS; shared++) {
            struct key key;
            if (sorting->is_taken[row] || (shared == TCPRST_SHARED_INSTANT && !has_instants) ||
                !key_of(sorting, row, shared, instant, &key))
                continue;
            struct share *share = share_of(sorting, &key);
            g_array_append_val(share->rows, row);
            share->left++;
            sorting->of_row[row * SHARED_KINDS + shared] = share;
        }
    }
}

/* --- groups --- */

/* Several servers, and none of them has nearly all. */
static bool is_broad(const struct sorting *sorting, const struct share *share) {
    GHashTable *servers = g_hash_table_new(NULL, NULL);
    const bool is_two_enough =
        sorting->round == OF_TWO || share->key.shared == TCPRST_SHARED_DEVICE;
    guint most = 0, least_servers = is_two_enough               ? 2
                                    : sorting->round == OF_MANY ? ALIKE_LEAST
                                                                : 3;
    for (guint i = 0; i < share->rows->len; i++) {
        guint row = g_array_index(share->rows, guint, i);
        if (sorting->is_taken[row])
            continue;
        struct tcprst_service *service = tcprst_judged_at(sorting->summary, row)->service;
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(servers, service)) + 1;
        g_hash_table_insert(servers, service, GUINT_TO_POINTER(count));
        most = MAX(most, count);
    }
    bool broad = g_hash_table_size(servers) >= least_servers &&
                 (uint64_t)most * 100 < (uint64_t)share->left * DOMINANT_PERCENT;
    g_hash_table_unref(servers);
    return broad;
}

/* NULL if no more than two resets share anything. */
static struct share *largest_share(const struct sorting *sorting) {
    struct share *largest = NULL;
    for (guint i = 0; i < sorting->shares->len; i++) {
        struct share *share = g_ptr_array_index(sorting->shares, i);
        if (share->is_refused || share->left < 2)
            continue;
        if (!largest || share->left > largest->left ||
            (share->left == largest->left && share->key.shared < largest->key.shared))
            largest = share;
    }
    return largest;
}

static void add_group(struct sorting *sorting, enum tcprst_shared shared, GPtrArray *resets) {
    const struct tcprst_problem_group group = {shared, resets};
    g_array_append_val(sorting->groups, group);
}

/* The rows that no group has yet. */
static void take_rows(struct sorting *sorting, enum tcprst_shared kind, const GArray *rows) {
    GPtrArray *resets = g_ptr_array_new();
    for (guint i = 0; i < rows->len; i++) {
        guint row = g_array_index(rows, guint, i);
        if (sorting->is_taken[row])
            continue;
        sorting->is_taken[row] = true;
        g_ptr_array_add(resets, (gpointer)tcprst_judged_at(sorting->summary, row));
        for (unsigned shared = 0; sorting->of_row && shared < SHARED_KINDS; shared++)
            if (sorting->of_row[row * SHARED_KINDS + shared])
                sorting->of_row[row * SHARED_KINDS + shared]->left--;
    }
    add_group(sorting, kind, resets);
}

static void take(struct sorting *sorting, const struct share *share) {
    take_rows(sorting, share->key.shared, share->rows);
}

/* The lists, each as one problem, apart from what else fails there: a flood or a scan must not hide
 * that. */
static void take_patterns(struct sorting *sorting, GPtrArray *patterns) {
    for (guint i = 0; i < patterns->len; i++) {
        const struct tcprst_pattern_rows *pattern = g_ptr_array_index(patterns, i);
        take_rows(sorting, pattern->shared, pattern->rows);
    }
    g_ptr_array_unref(patterns);
}

/* What needs attention of a server is one problem, what is harmless there another. */
static void take_by_server(struct sorting *sorting) {
    GHashTable *of_server[] = {g_hash_table_new(NULL, NULL), g_hash_table_new(NULL, NULL),
                               g_hash_table_new(NULL, NULL)};
    for (guint row = 0; row < sorting->summary->judged->len; row++) {
        const struct tcprst_judged *judged = tcprst_judged_at(sorting->summary, row);
        if (sorting->is_taken[row])
            continue;
        GHashTable *table = of_server[judged->concern];
        GPtrArray *resets = g_hash_table_lookup(table, judged->service);
        if (!resets) {
            resets = g_ptr_array_new();
            g_hash_table_insert(table, judged->service, resets);
            add_group(sorting, TCPRST_SHARED_SERVER, resets);
        }
        g_ptr_array_add(resets, (gpointer)judged);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(of_server); i++)
        g_hash_table_unref(of_server[i]);
}

static void take_shares(struct sorting *sorting) {
    const gsize rows = sorting->summary->judged->len;
    sorting->by_key = g_hash_table_new(hash_key, equal_keys);
    sorting->shares = g_ptr_array_new_with_free_func(free_share);
    sorting->of_row = g_new0(struct share *, rows * SHARED_KINDS);
    add_shares(sorting);
    for (unsigned looks = 0; looks < LOOKS_MAX; looks++) {
        struct share *share = largest_share(sorting);
        if (!share)
            break;
        if (is_broad(sorting, share))
            take(sorting, share);
        else
            share->is_refused = true;
    }
    g_hash_table_unref(sorting->by_key);
    g_ptr_array_unref(sorting->shares);
    g_clear_pointer(&sorting->of_row, g_free);
}

GArray *tcprst_problem_groups(const struct tcprst_summary *summary) {
    struct sorting sorting = {
        .summary = summary,
        .is_taken = g_new0(bool, summary->judged->len),
        .groups = g_array_new(FALSE, FALSE, sizeof(struct tcprst_problem_group)),
    };
    take_patterns(&sorting, tcprst_floods(summary));
    take_patterns(&sorting, tcprst_scans(summary, sorting.is_taken, TCPRST_SHARED_CLIENT));
    take_patterns(&sorting, tcprst_scans(summary, sorting.is_taken, TCPRST_SHARED_HOST));
    for (sorting.round = BY_CAUSE; sorting.round <= OF_MANY; sorting.round++)
        take_shares(&sorting);
    take_by_server(&sorting);
    g_free(sorting.is_taken);
    return sorting.groups;
}
