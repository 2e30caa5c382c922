# problems.jq - merged problems as a table, the most failures first and scans last (harmless ones, too: ALL=1):
# jq -r -s -f problems.jq FILE
#
# SPDX-License-Identifier: GPL-2.0-or-later

def end_of_server: if .address | contains(":") then "[\(.address)]:\(.port)" else "\(.address):\(.port)" end;

# Such as 192.0.2.80, or two networks.
def addresses: [.filter | scan("ip(?:v6)?[.]addr == ([0-9a-f.:/]+)") | .[0]] | join(", ");

def place:
  if .server then .server | end_of_server
  elif .shared == "client" then "client \(addresses)"
  elif .shared == "cause" then "\(.servers) servers"
  elif .shared == "device" or .shared == "instant" then "one \(.shared)"
  else addresses
  end;

def at_least: if .captures > 1 then ">=" else "" end;

["where", "cause", "pattern", "failed", "resets", "silences", "servers", "clients", "by", "captures", "first", "in",
 "filter", "site"],
(map(select(.type == "incident" and (.concern != "harmless" or $ENV.ALL == "1")))
 | sort_by(.pattern == "scan", -.failed, -(.resets + .silences), place, .filter) | .[]
 | [place, "\(.cause) (\(.confidence) %)", .pattern // "-", .failed, .resets, .silences, at_least + "\(.servers)",
    at_least + "\(.clients)", .client // "-", .captures, .first.time[:19], (.first.source // "-"), .filter,
    .sensor // "-"])
| @tsv
