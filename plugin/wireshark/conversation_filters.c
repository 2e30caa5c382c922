/* conversation_filters.c - entries of the packet list's menu Conversation Filter: resets of this
 * server, of this client
 *
 * Limits: on a frame that no reset has to do with, ports alone tell the server from the client.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

#include <epan/conversation_filter.h>
#include <epan/to_str.h>

/* A frame of a reset, or that led to one: the core knows who is who there.  NULL on others. */
static const struct tcprst_endpoint *server_of(const packet_info *pinfo) {
    struct tcprst_capture *capture = tcprst_current_capture();
    struct tcprst_frame_entry note;
    uint32_t place = 0;
    bool has_note = capture && tcprst_capture_next_frame_entry(capture, pinfo->num, &place, &note);
    return has_note ? tcprst_capture_event(capture, note.event_number)->connection->endpoint : NULL;
}

/* Elsewhere the server is the side of the lower port, as in the core where nothing else tells. */
static bool is_from_client(const packet_info *pinfo) {
    const struct tcprst_endpoint *server = server_of(pinfo);
    return server && pinfo->srcport != pinfo->destport ? pinfo->destport == server->port
                                                       : pinfo->srcport > pinfo->destport;
}

static tcprst_filter_answer has_tcp(packet_info *pinfo TCPRST_FILTER_DATA) {
    bool is_ip = pinfo->src.type == AT_IPv4 || pinfo->src.type == AT_IPv6;
    return is_ip && pinfo->ptype == PT_TCP;
}

static char *filter_for(const packet_info *pinfo, const address *host, uint32_t port) {
    char *text = address_to_str(NULL, host), *filter;
    const char *field = pinfo->src.type == AT_IPv6 ? "ipv6.addr" : "ip.addr";
    if (port)
        filter = g_strdup_printf("tcprst.event && %s == %s && tcp.port == %u", field, text, port);
    else
        filter = g_strdup_printf("tcprst.event && %s == %s", field, text);
    wmem_free(NULL, text);
    return filter;
}

static char *filter_for_server(packet_info *pinfo TCPRST_FILTER_DATA) {
    bool from_client = is_from_client(pinfo);
    return filter_for(pinfo, from_client ? &pinfo->dst : &pinfo->src,
                      from_client ? pinfo->destport : pinfo->srcport);
}

static char *filter_for_client(packet_info *pinfo TCPRST_FILTER_DATA) {
    return filter_for(pinfo, is_from_client(pinfo) ? &pinfo->src : &pinfo->dst, 0);
}

void tcprst_register_conversation_filters(void) {
    register_conversation_filter("tcprst", "Resets of this server", has_tcp,
                                 filter_for_server TCPRST_NO_FILTER_DATA);
    register_conversation_filter("tcprst", "Resets of this client", has_tcp,
                                 filter_for_client TCPRST_NO_FILTER_DATA);
}
