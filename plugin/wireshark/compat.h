/* compat.h - what differs between Wireshark versions, named once
 *
 * The version comes from CMake's package, because not every series installs ws_version.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_COMPAT_H
#define TCPRST_COMPAT_H

#include <epan/packet.h>

/* wsutil/plugins.h is not installed everywhere; these are the symbols its loader looks for. */
#if defined(_WIN32)
#define TCPRST_EXPORT __declspec(dllexport)
#else
#define TCPRST_EXPORT __attribute__((visibility("default")))
#endif

/* What callbacks of preferences return; GLib's until 4.2 (epan/uat.h). */
#if WIRESHARK_MAJOR > 4 || (WIRESHARK_MAJOR == 4 && WIRESHARK_MINOR >= 4)
typedef bool tcprst_answer;
#else
typedef gboolean tcprst_answer;
#endif

#endif
