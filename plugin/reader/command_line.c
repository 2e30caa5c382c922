/* command_line.c - reads the command line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "command_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "packet_filter.h"
#include "time_option.h"

/* Set by GLib's parser; one command line a program. */
static gboolean wants_json, wants_events, wants_verdicts, wants_unfollowed, is_quiet, names_files,
    wants_version, is_merged, is_anonymous;
static char *filter, *since, *until, *sensor, *live;
static int kept = TCPRST_LIVE_KEPT;

static const GOptionEntry entries[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &wants_json,
     "Print the capture, its events, silences, endpoints and incidents as JSON, an object a line",
     NULL},
    {"events", 0, 0, G_OPTION_ARG_NONE, &wants_events, "Print one line an event or silence", NULL},
    {"verdicts", 0, 0, G_OPTION_ARG_NONE, &wants_verdicts,
     "Print one line an event or silence for programs, columns separated by tabs", NULL},
    {"unfollowed", 0, 0, G_OPTION_ARG_NONE, &wants_unfollowed,
     "Print one line a frame that was not followed", NULL},
    {"merge", 'm', 0, G_OPTION_ARG_NONE, &is_merged,
     "The files are captures of several points of the same traffic: read them as one", NULL},
    {"live", 0, 0, G_OPTION_ARG_STRING, &live,
     "Tell of resets as they come: an interface, or \"-\"", "INTERFACE"},
    {"keep", 0, 0, G_OPTION_ARG_INT, &kept, "With --live: remember about so many connections",
     "NUMBER"},
    {"filter", 'f', 0, G_OPTION_ARG_STRING, &filter,
     "Take frames only that match, e.g. \"host 192.0.2.1\"",
     "EXPRESSION"},
    {"since", 0, 0, G_OPTION_ARG_STRING, &since, "Take frames from this time on", "TIME"},
    {"until", 0, 0, G_OPTION_ARG_STRING, &until, "Take frames before this time", "TIME"},
    {"sensor", 0, 0, G_OPTION_ARG_STRING, &sensor, "Name of the place of capture, for JSON",
     "NAME"},
    {"anonymise", 0, 0, G_OPTION_ARG_NONE, &is_anonymous,
     "Print stand-ins for addresses and names, and no words of payloads", NULL},
    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &is_quiet,
     "No progress, and no word on frames that were not followed", NULL},
    {"name-files", 'n', 0, G_OPTION_ARG_NONE, &names_files,
     "Begin each line with the file's name even if there is one",
     NULL},
    {"version", 0, 0, G_OPTION_ARG_NONE, &wants_version, "Print the version", NULL},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

static const char summary[] =
    "Explains the TCP resets of capture files: a report, or with an option one of the forms "
    "below.\n"
    "Reads every format that Wireshark reads, compressed ones too; \"-\" is standard input.\n"
    "Each file is judged by itself; with several, each line begins with the file's name.  With "
    "--merge\nthey are captures of several points of the same traffic, in any order, and judged "
    "as one.";

static const char description[] =
    "--live runs dumpcap, or reads a pcap file or stream from standard input, and prints --events "
    "or --json: each\n"
    "reset at once (provisional), again when its verdict changes (corrected), and after ten "
    "minutes (final).\n"
    "\n"
    "EXPRESSION is one of libpcap's, see pcap-filter(7).  It sees frames as they were captured: "
    "within VLANs begin\n"
    "it with \"vlan and\".  Filter by host or port, so that connections stay whole.\n"
    "TIME is like 2024-05-01T12:17:12Z, \"2024-05-01 12:17\" or 2024-05-01, in UTC unless an "
    "offset is given, or in\n"
    "seconds since 1970.\n"
    "\n"
    "It reads headers only: Ethernet, VLAN, MPLS, PPPoE, PPP, Linux cooked, loopback, raw IP; IPv4 "
    "and IPv6\n"
    "with extension headers; IP in IP, GRE, ERSPAN, VXLAN, Geneve and GTP-U.  It does not put IP "
    "fragments\n"
    "together.  What it cannot follow it counts on standard error: read such files with\n"
    "`tshark -q -z tcprst,report -r FILE`.\n"
    "\n"
    "Columns of --verdicts: frame, stage, from, sender, cause, confidence, alternatives, evidence, "
    "form, repeats\n"
    "(frames of further RSTs); lists are separated by commas.\n"
    "\n"
    "Exit status: 0 if nothing needs attention, 1 if a reset or a failure without one does, 2 if "
    "the command\n"
    "line is wrong or a file could not be read to its end.  What could be read is printed.";

static tcprst_print *chosen_print(void) {
    if (wants_json)
        return tcprst_print_json;
    if (wants_events)
        return tcprst_print_events;
    if (wants_unfollowed)
        return tcprst_print_unfollowed_frames;
    return wants_verdicts ? tcprst_print_verdicts : tcprst_print_report;
}

/* Says what is wrong, if anything is; true then. */
static bool complain(const char *what, const char *value) {
    if (what)
        fprintf(stderr, "tcprst: %s%s%s; see tcprst --help\n", what, value ? ": " : "",
                value ? value : "");
    return what;
}

static bool has_wrong_options(struct tcprst_reading_options *options) {
    char *error = NULL;
    options->has_since = since;
    options->has_until = until;
    if (since && !tcprst_time_option_read(since, &options->since_ns))
        return complain("--since is no time", since);
    if (until && !tcprst_time_option_read(until, &options->until_ns))
        return complain("--until is no time", until);
    if (filter)
        options->filter = tcprst_packet_filter_new(filter, &error);
    bool is_wrong = filter && !options->filter;
    if (is_wrong)
        complain("--filter", error);
    g_free(error);
    return is_wrong;
}

static const char *wrong_with_live(int argc) {
    return argc > 1                             ? "--live takes no file"
           : since || until                     ? "--live takes no times"
           : is_merged                          ? "--live takes no files to merge"
           : is_anonymous                       ? "--live takes no --anonymise"
           : wants_verdicts || wants_unfollowed ? "--live prints --events or --json"
           : kept < 1                           ? "--keep is no number of connections"
                                                : NULL;
}

static const char *wrong_with_words(int argc) {
    if (live)
        return wrong_with_live(argc);
    if (argc < 2)
        return "no file is given";
    return wants_json + wants_events + wants_verdicts + wants_unfollowed > 1
               ? "more than one form is wanted"
               : NULL;
}

/* GLib leaves it there if what follows looks like an option. */
static void remove_end_of_options(int *argc, char **argv) {
    if (*argc < 2 || !g_str_equal(argv[1], "--"))
        return;
    for (int i = 1; i < *argc; i++)
        argv[i] = argv[i + 1];
    --*argc;
}

int tcprst_command_line_read(struct tcprst_command_line *wanted, int *argc, char ***argv) {
    GOptionContext *context = g_option_context_new("FILE... | --live=INTERFACE");
    GError *error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    bool is_right = g_option_context_parse(context, argc, argv, &error);
    g_option_context_free(context);
    remove_end_of_options(argc, *argv);
    if (is_right && wants_version) {
        printf("tcprst %s\n", TCPRST_READER_VERSION);
        return TCPRST_EXIT_CLEAN;
    }
    *wanted = (struct tcprst_command_line){
        .print = chosen_print(),
        .names_files = names_files || (*argc > 2 && !is_merged),
        .is_quiet = is_quiet || wants_unfollowed,
        .options = {
            .filter_text = filter && is_anonymous ? "hidden" : filter,
            .keeps_unfollowed = wants_unfollowed,
            .merged_with = is_merged && *argc > 2 ? *argv + 2 : NULL,
            .sensor = sensor && is_anonymous ? "sensor-1" : sensor,
            .shows_progress = !is_quiet && isatty(STDERR_FILENO),
        },
    };
    bool is_wrong = complain(is_right ? wrong_with_words(*argc) : error->message, NULL) ||
                    has_wrong_options(&wanted->options);
    wanted->live = (struct tcprst_live_options){
        .interface = live,
        .filter = wanted->options.filter,
        .filter_text = filter,
        .sensor = sensor,
        .is_json = wants_json,
        .kept = (uint32_t)kept,
    };
    g_clear_error(&error);
    if (is_anonymous && !is_wrong)
        wanted->options.stand_ins = tcprst_stand_ins_new();
    return is_wrong ? TCPRST_EXIT_FAILED : -1;
}

void tcprst_command_line_clear(struct tcprst_command_line *wanted) {
    tcprst_packet_filter_free(wanted->options.filter);
    tcprst_stand_ins_free(wanted->options.stand_ins);
}
