/* silences.h - the silences of a capture in the order of their frames, and which frames have to do
 * with them
 *
 * Found when they are asked for, and anew when segments came since.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_SILENCES_H
#define TCPRST_CAPTURE_SILENCES_H

#include <stdint.h>

struct tcprst_silences;

struct tcprst_silences *tcprst_silences_new(void);
void tcprst_silences_free(struct tcprst_silences *silences);

#endif
