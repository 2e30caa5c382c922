/* display_filter.c - a display filter that names our fields shows what is known at the file's end
 *
 * Wireshark decides which rows a filter shows while it reads the file.  Verdicts can change until
 * then, and links from a frame to a later one are not known.  A filter that is applied meanwhile is
 * kept by Wireshark and applied when it has read the file.
 *
 * Limits: what was typed into the filter's entry without pressing Enter is applied, too.  When the
 * file is dissected anew (another profile, a changed preference), Enter has to be pressed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

#include <epan/funnel.h>
#include <string.h>

static bool can_filter(const funnel_ops_t *ops) {
    return ops && ops->get_filter && ops->set_filter && ops->apply_filter;
}

void tcprst_apply_display_filter(void) {
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    const char *filter = can_filter(ops) ? ops->get_filter(ops->ops_id) : NULL;
    if (!filter || !strstr(filter, "tcprst"))
        return;
    char *copy = g_strdup(filter); /* setting it changes the entry's text */
    ops->set_filter(ops->ops_id, copy);
    ops->apply_filter(ops->ops_id);
    g_free(copy);
}
