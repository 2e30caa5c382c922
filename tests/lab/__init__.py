# The laboratory: resets provoked on a real kernel between network namespaces, recorded with their truth.
# SPDX-License-Identifier: GPL-2.0-or-later
