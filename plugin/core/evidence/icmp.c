/* icmp.c - evidence in ICMP errors about the connection
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

static bool say_icmp(const struct tcprst_view *v, char *value, enum tcprst_icmp_kind trouble) {
    const struct tcprst_application_data *application = &v->event->before->application;
    return application->icmp_frame && tcprst_icmp_kind_of(application->icmp_error) == trouble &&
           SAY("%s, frame %u", tcprst_icmp_name(application->icmp_error), application->icmp_frame);
}

bool tcprst_saw_icmp_prohibited(const struct tcprst_view *v, char *value) {
    return say_icmp(v, value, TCPRST_PROHIBITED);
}

bool tcprst_saw_icmp_unreachable(const struct tcprst_view *v, char *value) {
    return say_icmp(v, value, TCPRST_UNREACHABLE);
}

bool tcprst_saw_icmp_too_big(const struct tcprst_view *v, char *value) {
    return say_icmp(v, value, TCPRST_TOO_BIG);
}
