// TCP: explain the window of a reset as a NetScaler's code only where it carries no ACK
//
// NetScalers send their codes in bare resets; an ordinary window can have the value of a code.
// For Wireshark 4.4 and later, in its top folder:
//     spatch --in-place --sp-file 0002-netscaler-window.cocci epan/dissectors/packet-tcp.c
//
// SPDX-License-Identifier: GPL-2.0-or-later
@@
struct tcpheader *tcph;
expression window;
identifier text;
type T;
@@
-if (tcph->th_flags & TH_RST)
+if ((tcph->th_flags & (TH_RST | TH_ACK)) == TH_RST)
 {
     T text = try_val_to_str_ext(window, &netscaler_reset_window_error_code_vals_ext);
     ...
 }
