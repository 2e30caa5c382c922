/* interrupt.h - whether SIGINT or SIGTERM asks to read no further
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_INTERRUPT_H
#define TCPRST_INTERRUPT_H

#include <stdbool.h>

/* From now on the first such signal only ends the reading; the next one ends the program. */
void tcprst_interrupt_catch(void);

/* False before the call above, too. */
bool tcprst_interrupt_came(void);

#endif
