/* command_line.c - reads the command line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "command_line.h"

#include <stdio.h>
#include <stdlib.h>

/* Set by GLib's parser; one command line a program. */
static gboolean wants_json, wants_events, wants_verdicts, wants_unfollowed, is_quiet, names_files, wants_version;

static const GOptionEntry entries[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &wants_json, "Print events and endpoints as JSON, one object a line", NULL},
    {"events", 0, 0, G_OPTION_ARG_NONE, &wants_events, "Print one line an event", NULL},
    {"verdicts", 0, 0, G_OPTION_ARG_NONE, &wants_verdicts,
     "Print one line an event for programs, columns separated by tabs", NULL},
    {"unfollowed", 0, 0, G_OPTION_ARG_NONE, &wants_unfollowed, "Print one line a frame that was not followed", NULL},
    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &is_quiet, "Do not say which frames were not followed", NULL},
    {"name-files", 'n', 0, G_OPTION_ARG_NONE, &names_files, "Begin each line with the file's name even if there is one",
     NULL},
    {"version", 0, 0, G_OPTION_ARG_NONE, &wants_version, "Print the version", NULL},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

static const char summary[] =
    "Explains the TCP resets of capture files: a report, or with an option one of the forms below.\n"
    "Reads every format that Wireshark reads, compressed ones too; \"-\" is standard input.\n"
    "Each file is judged by itself; with several, each line begins with the file's name.";

static const char description[] =
    "It reads headers only: Ethernet, VLAN, MPLS, PPPoE, PPP, Linux cooked, loopback, raw IP; IPv4 and IPv6\n"
    "with extension headers; IP in IP, GRE, ERSPAN, VXLAN, Geneve and GTP-U.  It does not put IP fragments\n"
    "together.  What it cannot follow it counts on standard error: read such files with\n"
    "`tshark -q -z tcprst,report -r FILE`.\n"
    "\n"
    "Columns of --verdicts: frame, stage, from, sender, cause, confidence, alternatives, evidence, form, repeats\n"
    "(frames of further RSTs); lists are separated by commas.\n"
    "\n"
    "Exit status: 0, or 1 for a wrong command line, or 2 if a file could not be read or is damaged.";

static tcprst_print *chosen_print(void) {
    if (wants_json)
        return tcprst_print_json;
    if (wants_events)
        return tcprst_print_events;
    if (wants_unfollowed)
        return tcprst_print_unfollowed_frames;
    return wants_verdicts ? tcprst_print_verdicts : tcprst_print_report;
}

int tcprst_command_line_read(struct tcprst_command_line *wanted, int *argc, char ***argv) {
    GOptionContext *context = g_option_context_new("FILE...");
    GError *error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    bool is_right = g_option_context_parse(context, argc, argv, &error);
    g_option_context_free(context);
    if (is_right && wants_version) {
        printf("tcprst %s\n", TCPRST_READER_VERSION);
        return EXIT_SUCCESS;
    }
    int forms = wants_json + wants_events + wants_verdicts + wants_unfollowed;
    if (!is_right || *argc < 2 || forms > 1) {
        fprintf(stderr, "tcprst: %s; see tcprst --help\n",
                !is_right ? error->message : *argc < 2 ? "no file is given" : "more than one form is wanted");
        g_clear_error(&error);
        return EXIT_FAILURE;
    }
    *wanted = (struct tcprst_command_line){
        .print = chosen_print(),
        .names_files = names_files || *argc > 2,
        .keeps_unfollowed = wants_unfollowed,
        .is_quiet = is_quiet || wants_unfollowed,
    };
    return -1;
}
