/* application_data.h - what is kept of a connection's packets besides TCP headers: first payload,
 * TLS alerts, lengths of messages, ICMP errors
 *
 * A few bytes for every connection; names and words are numbers of server_names.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CONNECTION_APPLICATION_DATA_H
#define TCPRST_CONNECTION_APPLICATION_DATA_H

#include "core/connection/server_names.h"
#include "core/packet/close_notice.h"
#include "core/packet/framing.h"
#include "core/packet/message.h"
#include "core/packet/payload.h"
#include "core/connection/tuple.h"

/* What one side sent first, its latest alert, and how long its latest message is. */
struct tcprst_first_payload {
    uint32_t frame;      /* of its first payload; 0: not seen */
    /* where its latest message ends by that message's header, if that says so */
    uint32_t message_end;
    uint8_t  message;    /* enum tcprst_message_kind */
    bool answer_closes : 1; /* its latest answer announces the end of the connection (message.h) */
    /* number of the server name that the client requested, or of the words that refuse it; 0:
     * none */
    uint16_t word;
    uint8_t  protocol;     /* enum tcprst_protocol */
    uint8_t  alert;      /* code of its latest fatal TLS alert; 0: none */
    bool announces_close : 1; /* its latest payload announces that it is about to close */
    bool is_cut : 1; /* its latest payload is as short as that, but was not captured whole */
    bool asks_no_body : 1; /* its latest request is one whose answer has a header only */
    bool asks_to_close : 1; /* announces_close, by a command that is owed an answer */
    bool asks_only_to_close : 1; /* ... and is nothing else */
    uint16_t content;   /* tcprst_request_content() of its first payload */
};

struct tcprst_application_data {
    struct tcprst_first_payload first[2]; /* by role */
    uint32_t alert_frame;       /* of the latest alert of either side */
    /* sequence number of the ClientHello's next extension, if client_hello_open */
    uint32_t next_extension;
    uint32_t icmp_frame;        /* latest ICMP error about this connection; 0: none */
    uint8_t  icmp_error;        /* icmp_error.h: number of that error */
    uint8_t  framing; /* enum tcprst_framing, by the client's first payload and the server's */
    /* requests that the server had not begun to answer, or not answered to the end if they are not
     * of HTTP/1: at least so many, as long as the ends of its messages are known; saturates */
    uint16_t owed;
    uint16_t icmp_mtu;          /* as there */
    uint16_t icmp_sender;       /* number of its address among such senders; 0: unknown */
    uint16_t parts; /* elements of the server's answer that have to follow its latest message */
    /* no server name was found yet, and the ClientHello continues */
    bool client_hello_open : 1;
    bool client_hello_split : 1; /* the ClientHello took more than one segment */
    bool server_refused : 1; /* the word of the server's is in its latest payload, not its first */
    bool awaits_content : 1; /* the client sends content: no line of it is a command */
    bool needs_no_answer : 1; /* the client's latest payload is never answered */
    bool answer_follows : 1; /* the server's latest payload says that its answer comes later */
    bool tls_finished : 1;   /* the client's latest payload ends its TLS handshake */
    bool tls_alerted : 1;    /* ... or is an encrypted alert in place of that */
    bool asks_tunnel : 1;    /* the client's latest request is CONNECT */
    bool left_http : 1; /* HTTP/1 gave way to another protocol, or the client began with HTTP/2 */
};

struct tcprst_connection;

/* Reads the payload of a segment of `role` without RST, after the connection took it, or takes note
 * that nothing of it was captured.  Only the first bytes of each side, the rest of a ClientHello,
 * segments of an alert's length and the headers of messages are read. */
void tcprst_application_data_observe(struct tcprst_connection *connection,
                                     const struct tcprst_segment *segment, enum tcprst_role role,
                                     struct tcprst_server_names *server_names);

#endif
