// TCP: note the lack of the SACK permitted option in SYNs only
//
// A SYN/ACK has the option only where the SYN had it: 0003-synack-turns-down-sack.patch looks at both.
// For Wireshark 4.4 and later, in its top folder:
//     spatch --in-place --sp-file 0003-sack-absent-in-syn-only.cocci epan/dissectors/packet-tcp.c
//
// SPDX-License-Identifier: GPL-2.0-or-later
@@
struct tcpheader *tcph;
identifier seen;
@@
 if (tcph->th_flags & TH_SYN)
 {
     ...
-    if (seen == false)
+    if (!seen && !(tcph->th_flags & TH_ACK))
     {
         expert_add_info(..., &ei_tcp_option_sack_perm_absent);
     }
     ...
 }
