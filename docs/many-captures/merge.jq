# merge.jq - lines of `tcprst --json` of several captures into one object a server, and one a problem, of each site
#
#     jq -n -c -f merge.jq FILE...
#
# What it prints can be merged again, so that each machine may merge its own captures first.  Reads line by
# line; holds one object a server and problem.
#
# SPDX-License-Identifier: GPL-2.0-or-later

def most_clients: 1024;

def add_counts(b): with_entries(.value += b[.key]);

def earlier(a; b): if a == null or (b != null and b.time_epoch < a.time_epoch) then b else a end;
def later(a; b): if a == null or (b != null and b.time_epoch > a.time_epoch) then b else a end;

def mark(source): if . == null or source == null or .source then . else . + {source: source} end;

def verdicts: .resets + .silences;

# By which tcprst chooses the cause of a server.
def rank: [.severity != "chat" and .cause != "undetermined", verdicts * (if .severity == "warn" then 4 else 1 end)];

# Mean confidence, weighted by verdicts.  A frame number means nothing without its capture.
def add_causes(b):
  . + b
  | group_by(.cause)
  | map({cause: .[0].cause, severity: .[0].severity, resets: (map(.resets) | add), silences: (map(.silences) | add),
         confidence: ((map(verdicts * .confidence) | add) / (map(verdicts) | add) | round), first_frame: null});

def join_sets(b): . + b | unique;

def prepared:
  .source as $source
  | .first_failed |= mark($source) | .last_failed |= mark($source)
  | .run = null
  | .causes |= map(.first_frame = null)
  | del(.source);

def merged(b):
  . as $a
  | (b | prepared) as $b
  | reduce ("connections", "resets", "repeats", "served", "refused", "reset_in_handshake",
            "reset_on_request", "silences", "unanswered") as $count (.; .[$count] += $b[$count])
  | .stages |= add_counts($b.stages)
  | .forms |= add_counts($b.forms)
  | .clients |= join_sets($b.clients)
  | .clients_reset |= join_sets($b.clients_reset)
  | .clients_cut = (.clients_cut or $b.clients_cut or (.clients | length) > most_clients)
  | .clients |= .[:most_clients]
  | .clients_reset |= .[:most_clients]
  | .first_failed = earlier($a.first_failed; $b.first_failed)
  | .last_failed = later($a.last_failed; $b.last_failed)
  | .causes |= add_causes($b.causes)
  | .cause = (.causes | max_by(rank) | .cause?);

# --- problems: incidents that one display filter shows; how many servers and clients several captures have in common
# is not known, so the most of one capture counts ---

# A filter that names a cause only does not tell which problem it is: that takes the capture and the first event.
def problem_name:
  "\(.sensor // "") \(.concern) \(.pattern) \(.filter)"
  + if .shared == "cause" then " \(.shared) \(.first.source // .source // "") \(.first.frame) \(.first.time_epoch)"
    else "" end;

def problem:
  .source as $source
  | .first |= mark($source) | .last |= mark($source)
  | .captures //= 1 | .confidence_sum //= .confidence * .resets_of_cause
  | .alternatives = [] | .example_frame = null
  | del(.source);

def with_problem(b):
  . as $a
  | (b | problem) as $b
  | reduce ("captures", "resets", "silences", "resets_of_cause", "confidence_sum", "failed") as $count
      (.; .[$count] += $b[$count])
  | .confidence = (.confidence_sum / .resets_of_cause | round)
  | .servers = ([.servers, $b.servers] | max)
  | .clients = ([.clients, $b.clients] | max)
  | if .client != $b.client then .client = null else . end
  | if .server != $b.server then .server = null else . end
  | .first = earlier($a.first; $b.first)
  | .last = later($a.last; $b.last);

reduce (inputs | select(.type == "endpoint" or .type == "incident")) as $one ({};
  if $one.type == "endpoint" then
    "\($one.sensor // "") \($one.server.address) \($one.server.port)" as $name
    | .[$name] |= if . == null then ($one | prepared) else merged($one) end
  else
    ($one | problem_name) as $name
    | .[$name] |= if . == null then ($one | problem) else with_problem($one) end
  end)
| .[]
