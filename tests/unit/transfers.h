/* transfers.h - steps of stories in which one side sends five full segments
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_TRANSFERS_H
#define TCPRST_TEST_TRANSFERS_H

#include "story.h"

enum { FULL = 1448 };

#define FULL_REQUEST(...) STEP(CLIENT, TCPRST_ACK, __VA_ARGS__, .bytes = FULL)
#define UPLOAD(ms) FULL_REQUEST(MS(ms)), FULL_REQUEST(MS((ms) + 0.01)), FULL_REQUEST(MS((ms) + 0.02)), \
    FULL_REQUEST(MS((ms) + 0.03)), FULL_REQUEST(MS((ms) + 0.04))
#define FULL_RESPONSE(...) STEP(SERVER, TCPRST_ACK, __VA_ARGS__, .bytes = FULL)
#define DOWNLOAD(ms) FULL_RESPONSE(MS(ms)), FULL_RESPONSE(MS((ms) + 0.01)), FULL_RESPONSE(MS((ms) + 0.02)), \
    FULL_RESPONSE(MS((ms) + 0.03)), FULL_RESPONSE(MS((ms) + 0.04))

#endif
