# Captures changed in ways that the world changes them, and what verdicts must not change by it.
# SPDX-License-Identifier: GPL-2.0-or-later
