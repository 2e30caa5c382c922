"""The names that users' filters, profiles and scripts stand on: fields with their types, and causes.

SPDX-License-Identifier: GPL-2.0-or-later
"""

STRINGS = """stage kind asked from form sender cause title certainty severity alternative because next_step reference
             evidence ack_field_note history conn_state signature stated_reason stated_by capture_point points"""
NUMBERS = """asked.repeats confidence alternative.confidence window ack_field server.connections server.resets
             server.clients server.clients_reset server.open server.run_length"""
FRAMES = """syn_frame synack_frame ack_frame trigger_frame rst_frame silence_frame repeat_of server.run_first_frame
            previous_reset next_reset"""

# Filter name: pattern of its type in `tshark -G fields`.
FIELDS = {
    **{f"tcprst.{name}": r"FT_STRING" for name in STRINGS.split()},
    **{f"tcprst.{name}": r"FT_UINT\d+" for name in NUMBERS.split()},
    **{f"tcprst.{name}": r"FT_FRAMENUM" for name in FRAMES.split()},
    "tcprst.event": r"FT_BOOLEAN",
    "tcprst.silence": r"FT_BOOLEAN",
    "tcprst.waited": r"FT_RELATIVE_TIME",
    "tcprst.provisional": r"FT_BOOLEAN",
    "tcprst.irtt": r"FT_RELATIVE_TIME",
    "tcprst.delay": r"FT_RELATIVE_TIME",
    "tcprst.clock_offset": r"FT_RELATIVE_TIME",
    "tcprst.clock_drift": r"FT_INT\d+",
    "tcprst.delay_rtt": r"FT_DOUBLE",
    "tcprst.ttl_delta": r"FT_INT\d+",
}

# What JSON has beside the fields, by its path there, and the fields that it has not.
JSON_ONLY = """type id version source sensor frame time time_epoch community_id stream client
               server.address server.port state roles_inferred repeats
               evidence[].value evidence[].weight""".split()
OF_SILENCES = {"asked", "asked_repeats", "waited"}  # in the object of a silence, not of an event
NOT_IN_JSON = "event silence kind provisional repeat_of rst_frame silence_frame previous_reset next_reset".split()
JSON_PATHS = {"alternative": "alternatives[].cause", "alternative.confidence": "alternatives[].confidence",
              "evidence": "evidence[].name", "asked.repeats": "asked_repeats"}  # the others are named as the field

CHAT = """
    connect-abandoned
    connect-probe
    half-open-probe
    health-check
    reset-as-close
    stray-probe
"""
NOTE = """
    app-abort
    client-abort
    data-after-close
    idle-timeout
    not-a-reset
    peer-vanished
    port-closed
    sender-stated
    service-starting
    stale-peer
    undetermined
    unsolicited-synack
"""
WARN = """
    accept-queue-full
    app-reject
    bad-handshake-ack
    bad-synack
    client-refused
    connect-gave-up
    content-filter
    forged
    host-silent
    listener-gone
    no-answer
    no-state
    option-dropped
    path-flip
    path-mtu
    port-filtered
    port-flapping
    process-gone
    protocol-mismatch
    refused-in-path
    rejected-in-path
    request-unanswered
    service-failing
    syn-cookie-dropped
    syn-cookie-rejected
    syn-dropped
    syn-proxy
    synack-from-elsewhere
    window-shut
"""
SECURITY = ("forged", "content-filter")  # the group of their expert entries; the others': Sequence

# Cause: heading of its severity in the list of `tshark -z expert`.
CAUSES = {cause: heading for heading, causes in (("Chats", CHAT), ("Notes", NOTE), ("Warns", WARN))
          for cause in causes.split()}
