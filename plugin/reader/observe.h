/* observe.h - what a frame has for the core
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OBSERVE_H
#define TCPRST_OBSERVE_H

#include "anonymise.h"
#include "capture_file.h"
#include "core/capture/capture.h"

/* The frame's layers have been followed.  The core gets addresses as `stand_ins` has them; NULL: as
 * they are. */
void tcprst_observe_frame(struct tcprst_capture *capture, const struct tcprst_frame *frame,
                          struct tcprst_stand_ins *stand_ins);

#endif
