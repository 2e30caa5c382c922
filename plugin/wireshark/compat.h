/* compat.h - what differs between Wireshark versions, named once
 *
 * The version comes from CMake's package, because not every series installs ws_version.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_COMPAT_H
#define TCPRST_COMPAT_H

#include <epan/packet.h>
#include <epan/stats_tree.h>
#include <epan/tap.h>

/* wsutil/plugins.h is not installed everywhere; these are the symbols its loader looks for. */
#if defined(_WIN32)
#define TCPRST_EXPORT __declspec(dllexport)
#else
#define TCPRST_EXPORT __attribute__((visibility("default")))
#endif

/* What callbacks of preferences return; GLib's before 4.2 (epan/uat.h). */
#if WIRESHARK_MAJOR > 4 || (WIRESHARK_MAJOR == 4 && WIRESHARK_MINOR >= 2)
typedef bool tcprst_answer;
#else
typedef gboolean tcprst_answer;
#endif

/* What a preference of yes and no is kept in; GLib's until 4.4 (epan/prefs.h). */
#if WIRESHARK_MAJOR > 4 || (WIRESHARK_MAJOR == 4 && WIRESHARK_MINOR >= 4)
typedef bool tcprst_switch;
#else
typedef gboolean tcprst_switch;
#endif

/* Tap callbacks have a last argument since 3.6, when the group of menu entries was renamed, too. */
#ifdef TL_DISPLAY_FILTER_IGNORED
#define TCPRST_TAP_FLAGS , tap_flags_t flags _U_
#define TCPRST_STATISTICS_MENU REGISTER_PACKET_STAT_GROUP_UNSORTED
#else
#define TCPRST_TAP_FLAGS
#define TCPRST_STATISTICS_MENU REGISTER_STAT_GROUP_UNSORTED
#endif

/* Callbacks of buttons in a text window (epan/funnel.h), and of conversation filters, which also
 * have an argument of their own since 4.4. */
#if WIRESHARK_MAJOR > 4 || (WIRESHARK_MAJOR == 4 && WIRESHARK_MINOR >= 4)
typedef bool tcprst_button_answer;
typedef bool tcprst_filter_answer;
#define TCPRST_FILTER_DATA , void *data _U_
#define TCPRST_NO_FILTER_DATA , NULL
#else
typedef gboolean tcprst_button_answer;
typedef gboolean tcprst_filter_answer;
#define TCPRST_FILTER_DATA
#define TCPRST_NO_FILTER_DATA
#endif

/* A text window knows which main window it belongs to since 4.0. */
#if WIRESHARK_MAJOR >= 4
#define TCPRST_NEW_TEXT_WINDOW(ops, title) (ops)->new_text_window((ops)->ops_id, title)
#else
#define TCPRST_NEW_TEXT_WINDOW(ops, title) (ops)->new_text_window(title)
#endif

/* Since 4.6 a statistic of the command line tells whether it could begin; before, it ends the
 * program. */
#if WIRESHARK_MAJOR > 4 || (WIRESHARK_MAJOR == 4 && WIRESHARK_MINOR >= 6)
#define TCPRST_BEGIN_RESULT bool
#define TCPRST_BEGUN_WELL return true
#define TCPRST_BEGUN_BADLY return false
#else
#define TCPRST_BEGIN_RESULT void
#define TCPRST_BEGUN_WELL return
#define TCPRST_BEGUN_BADLY exit(EXIT_FAILURE)
#endif

#endif
