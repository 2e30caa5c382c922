/* live_source.c - reads a pipe by libpcap, unbuffered, so that no packet waits for the next one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "live_source.h"

#include <errno.h>
#include <glib.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { QUIET_MS = 1000 };

struct tcprst_live_source {
    FILE *stream;
    pcap_t *packets; /* owns the stream once it is open */
    GPid dumpcap;    /* 0: none */
};

static volatile sig_atomic_t has_ended, dumpcap_to_end;

/* dumpcap ends in order then, says how many packets it dropped, and closes the pipe. */
static void end(int signal_number) {
    (void)signal_number;
    if (dumpcap_to_end)
        kill((pid_t)dumpcap_to_end, SIGINT);
    else
        has_ended = 1;
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* The end of a pipe that dumpcap writes to, -1 if it could not be started. */
static int start_dumpcap(struct tcprst_live_source *source, const char *interface,
                         const char *filter, char **error) {
    const char *words[] = {"dumpcap", "-q", "-P", "-i", interface, "-w", "-", filter ? "-f" : NULL,
                           filter,    NULL};
    GError *failure = NULL;
    int pipe_end = -1;
    if (!g_spawn_async_with_pipes(NULL, (char **)words, NULL,
                                  G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                  &source->dumpcap, NULL, &pipe_end, NULL, &failure)) {
        *error = g_strdup(failure->message);
        g_error_free(failure);
    }
    dumpcap_to_end = source->dumpcap;
    return pipe_end;
}

/* NULL, or why there are no packets (g_free). */
static char *open_packets(struct tcprst_live_source *source, int descriptor) {
    char why[PCAP_ERRBUF_SIZE];
    source->stream = fdopen(descriptor, "rb");
    if (!source->stream)
        return g_strdup(g_strerror(errno));
    setvbuf(source->stream, NULL, _IONBF, 0);
    int first = fgetc(source->stream);
    if (first == EOF)
        return g_strdup("empty");
    ungetc(first, source->stream);
    source->packets =
        pcap_fopen_offline_with_tstamp_precision(source->stream, PCAP_TSTAMP_PRECISION_NANO, why);
    return source->packets ? NULL : g_strdup_printf("not a stream of packets (%s)", why);
}

struct tcprst_live_source *tcprst_live_source_open(const char *interface, const char *filter,
                                                   char **error) {
    struct tcprst_live_source *source = g_new0(struct tcprst_live_source, 1);
    bool is_pipe = g_str_equal(interface, "-");
    catch_signals();
    int descriptor = is_pipe ? STDIN_FILENO : start_dumpcap(source, interface, filter, error);
    char *why = descriptor >= 0 ? open_packets(source, descriptor) : NULL;
    if (why)
        *error = is_pipe ? why : g_strdup("dumpcap did not begin");
    if (source->packets)
        return source;
    tcprst_live_source_close(source);
    return NULL;
}

void tcprst_live_source_close(struct tcprst_live_source *source) {
    dumpcap_to_end = 0;
    if (source->packets)
        pcap_close(source->packets);
    else if (source->stream)
        fclose(source->stream);
    g_free(source);
}

static void set_frame(struct tcprst_live_source *source, struct tcprst_frame *frame,
                      const struct pcap_pkthdr *header, const uint8_t *bytes) {
    /* nanoseconds, as was asked for */
    frame->time_ns = header->ts.tv_sec * INT64_C(1000000000) + header->ts.tv_usec;
    tcprst_frame_set_packet(frame, pcap_datalink(source->packets), bytes, header->caplen,
                            header->len);
}

enum tcprst_live_result tcprst_live_source_next(struct tcprst_live_source *source,
                                                struct tcprst_frame *frame, char **error) {
    struct pollfd ready = {.fd = fileno(source->stream), .events = POLLIN};
    struct pcap_pkthdr *header;
    const uint8_t *bytes;
    if (has_ended)
        return TCPRST_LIVE_END;
    if (poll(&ready, 1, QUIET_MS) <= 0) {
        frame->time_ns = g_get_real_time() * INT64_C(1000);
        return has_ended ? TCPRST_LIVE_END : TCPRST_LIVE_QUIET;
    }
    int result = pcap_next_ex(source->packets, &header, &bytes);
    if (result == 1) {
        set_frame(source, frame, header, bytes);
        return TCPRST_LIVE_PACKET;
    }
    if (result == PCAP_ERROR && !has_ended)
        *error = g_strdup(pcap_geterr(source->packets));
    return TCPRST_LIVE_END;
}
