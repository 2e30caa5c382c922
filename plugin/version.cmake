# The version, said once; here, because plugin/ alone can be put into a Wireshark source tree.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set(TCPRST_VERSION 0.2.0)
