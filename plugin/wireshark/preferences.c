/* preferences.c - preferences, and the list of hosts that the user knows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <epan/prefs.h>
#include <epan/uat.h>
#include <wsutil/inet_addr.h>
#include <wsutil/report_message.h>

#include "binding.h"

enum {
    SHORTEST_RUN_MIN = 2, SHORTEST_RUN_MAX = 1000,
    LONG_SILENCE_MIN_S = 1, LONG_SILENCE_MAX_S = 86400,
    IPV4_BITS = 32, IPV6_BITS = 128, MAPPED_BITS = 8 * TCPRST_MAPPED_PREFIX_BYTES,
};

/* A line of the list as the user writes it. */
struct known_host {
    char *network;
    unsigned role;
    char *note;
};

/* All below are set by Wireshark when it reads or changes preferences, for the life of the
 * program. */
static unsigned pref_shortest_run = TCPRST_SHORTEST_RUN_DEFAULT;
static unsigned pref_long_silence_s = TCPRST_LONG_SILENCE_DEFAULT_S;
static int pref_least_certainty;
static tcprst_switch pref_info_column = TRUE;
static struct known_host *known_hosts;
static unsigned known_hosts_count;
static struct tcprst_known_host *parsed_hosts; /* made of known_hosts; the notes are borrowed */
static struct tcprst_settings settings;

static const value_string roles[] = {
    {TCPRST_KNOWN_MONITOR, "Balancer or monitor"},
    {TCPRST_KNOWN_SCANNER, "Scanner"},
    {TCPRST_KNOWN_PROXY, "SYN proxy or firewall"},
    {TCPRST_KNOWN_NAT, "NAT"},
    {0, NULL},
};

/* Percent from which on a verdict raises an expert entry; the names are those of
 * tcprst.certainty. */
static const enum_val_t certainties[] = {
    {"possible", "Every verdict", 0},
    {"likely", "Likely ones and better (60 %)", 60},
    {"high", "High ones only (90 %)", 90},
    {"never", "None", 101},
    {NULL, NULL, 0},
};

const struct tcprst_settings *tcprst_settings(void) {
    return &settings;
}

bool tcprst_raises_expert(unsigned confidence) {
    return (int)confidence >= pref_least_certainty;
}

bool tcprst_tells_in_info_column(void) {
    return pref_info_column;
}

static bool parse_address(const char *text, struct tcprst_address *into, unsigned *bits) {
    ws_in4_addr v4;
    *bits = IPV6_BITS;
    if (ws_inet_pton6(text, (ws_in6_addr *)into->bytes))
        return true;
    if (!ws_inet_pton4(text, &v4))
        return false;
    *into = tcprst_address_of_ipv4(&v4);
    *bits = IPV4_BITS;
    return true;
}

/* "192.0.2.0/24", "2001:db8::/32" or an address alone. */
static bool parse_network(const char *text, struct tcprst_known_host *host) {
    char **parts = g_strsplit(text, "/", 2);
    unsigned bits = 0;
    guint64 prefix;
    bool ok = parts[0] && parse_address(g_strstrip(parts[0]), &host->network, &bits);
    prefix = bits;
    if (ok && parts[1])
        ok = g_ascii_string_to_unsigned(g_strstrip(parts[1]), 10, 0, bits, &prefix, NULL);
    host->prefix_bits = (unsigned)prefix + (bits == IPV4_BITS ? MAPPED_BITS : 0);
    g_strfreev(parts);
    return ok;
}

static tcprst_answer check_network(void *record _U_, const char *text, unsigned length,
                                   const void *chk _U_, const void *field _U_, char **error) {
    struct tcprst_known_host host;
    char *copy = g_strndup(text, length);
    bool ok = parse_network(copy, &host);
    *error = ok ? NULL : g_strdup_printf("Address: \"%s\" is no IPv4 or IPv6 address, alone or "
                                         "with a prefix "
                                         "length, such as 192.0.2.0/24", copy);
    g_free(copy);
    return ok;
}

/* As Wireshark's own check of such lists, but naming the field and what it can hold. */
static tcprst_answer check_role(void *record _U_, const char *text, unsigned length,
                                const void *chk _U_, const void *field _U_, char **error) {
    char *copy = g_strndup(text, length);
    GString *known = g_string_new(NULL);
    bool ok = false;
    for (unsigned i = 0; roles[i].strptr; i++) {
        ok = ok || strcmp(roles[i].strptr, copy) == 0;
        g_string_append_printf(known, "%s\"%s\"", i ? ", " : "", roles[i].strptr);
    }
    *error = ok ? NULL : g_strdup_printf("Role: \"%s\" is none of %s", copy, known->str);
    g_string_free(known, TRUE);
    g_free(copy);
    return ok;
}

static void *copy_host(void *to, const void *from, size_t size _U_) {
    const struct known_host *source = from;
    *(struct known_host *)to = (struct known_host){g_strdup(source->network), source->role,
                                                   g_strdup(source->note)};
    return to;
}

static void free_host(void *record) {
    struct known_host *host = record;
    g_free(host->network);
    g_free(host->note);
}

static void forget_known_hosts(void) {
    g_clear_pointer(&parsed_hosts, g_free);
    settings.hosts = NULL;
    settings.hosts_count = 0;
}

static void use_known_hosts(void) {
    forget_known_hosts();
    parsed_hosts = g_new0(struct tcprst_known_host, known_hosts_count);
    for (unsigned i = 0; i < known_hosts_count; i++) {
        struct tcprst_known_host host = {.role = known_hosts[i].role, .note = known_hosts[i].note};
        if (parse_network(known_hosts[i].network ? known_hosts[i].network : "", &host))
            parsed_hosts[settings.hosts_count++] = host;
    }
    settings.hosts = parsed_hosts;
}

/* Says so and takes the nearest value that will do. */
static void limit(unsigned *value, unsigned least, unsigned most, const char *title) {
    if (*value >= least && *value <= most)
        return;
    unsigned nearest = *value < least ? least : most;
    report_failure("TCPRST: %s: %u is not between %u and %u; using %u", title, *value, least, most,
                   nearest);
    *value = nearest;
}

static const char shortest_run_title[] = "Connections in a row that make a run";
static const char long_silence_title[] = "Long silence (seconds)";

static void apply(void) {
    limit(&pref_shortest_run, SHORTEST_RUN_MIN, SHORTEST_RUN_MAX, shortest_run_title);
    limit(&pref_long_silence_s, LONG_SILENCE_MIN_S, LONG_SILENCE_MAX_S, long_silence_title);
    settings.shortest_run = pref_shortest_run;
    settings.long_silence_ns = pref_long_silence_s * INT64_C(1000000000);
}

UAT_CSTRING_CB_DEF(known_hosts, network, struct known_host)
UAT_VS_DEF(known_hosts, role, struct known_host, unsigned, TCPRST_KNOWN_MONITOR,
           "Balancer or monitor")
UAT_CSTRING_CB_DEF(known_hosts, note, struct known_host)

static void register_known_hosts(module_t *module) {
    static uat_field_t fields[] = {
        UAT_FLD_CSTRING_OTHER(known_hosts, network, "Address", check_network,
                              "An address or prefix, such as 192.0.2.7 or 2001:db8::/32"),
        UAT_FLD_VS(known_hosts, role, "Role", roles, "What the host is"),
        UAT_FLD_CSTRING(known_hosts, note, "Note", "Your words, shown beside the evidence"),
        UAT_END_FIELDS};
    fields[1].cb.chk = check_role;
    uat_t *uat =
        uat_new("TCP reset analysis: known hosts", sizeof(struct known_host), "tcprst_known_hosts",
                TRUE, &known_hosts, &known_hosts_count, UAT_AFFECTS_DISSECTION, NULL, copy_host,
                NULL, free_host, use_known_hosts, forget_known_hosts, fields);
    prefs_register_uat_preference(
        module, "known_hosts", "Known hosts",
        "Balancers, monitors, scanners, SYN proxies, firewalls and NATs of your network; "
        "they become evidence",
        uat);
}

void tcprst_register_preferences(int proto) {
    module_t *module = prefs_register_protocol(proto, apply);
    settings = tcprst_settings_default;
    prefs_register_enum_preference(
        module, "expert", "Expert entries for",
        "How sure a verdict must be to raise an expert entry; its fields are there anyway",
        &pref_least_certainty, certainties, FALSE);
    prefs_register_uint_preference(
        module, "shortest_run", shortest_run_title,
        "So many connections in a row, reset alike, speak for a failing service (2 to 1000)", 10,
        &pref_shortest_run);
    prefs_register_uint_preference(
        module, "long_silence", long_silence_title,
        "From here on a silence before a reset counts as long (1 to 86400)", 10,
        &pref_long_silence_s);
    prefs_register_bool_preference(
        module, "info_column", "Tell the cause in the Info column",
        "Put the title of the verdict before the Info of the reset and of the SYN",
        &pref_info_column);
    register_known_hosts(module);
}
