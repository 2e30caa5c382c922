/* interrupt.c - notes that a signal came; calls that wait for data end by it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t came;

static void note(int signal_number) {
    (void)signal_number;
    came = 1;
}

void tcprst_interrupt_catch(void) {
    const struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool tcprst_interrupt_came(void) {
    return came;
}
