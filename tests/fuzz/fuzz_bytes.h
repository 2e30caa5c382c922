/* fuzz_bytes.h - the part of the fuzzer that reads raw bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_FUZZ_BYTES_H
#define TCPRST_FUZZ_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Reads them as everything that the core reads; aborts if it reads what is not there.  The first
 * two are a length that lies about the header behind them. */
void fuzz_bytes(const uint8_t *bytes, size_t size);

#endif
