# table.jq - endpoint objects as a table, those with resets that are not harmless (ALL=1: with any), the most failures
# first: jq -r -s -f table.jq FILE
#
# SPDX-License-Identifier: GPL-2.0-or-later

def failed: .refused + .reset_in_handshake + .reset_on_request + .unanswered;
def verdicts: .resets + .silences;
def name: .server | if .address | contains(":") then "[\(.address)]:\(.port)" else "\(.address):\(.port)" end;
def at_least: if .clients_cut then ">=" else "" end;
def causes: .causes | sort_by(-verdicts) | map("\(verdicts) \(.cause) (\(.confidence) %)") | join(", ");

def is_problem: any(.causes[]; .severity != "chat");

["server", "connections", "failed", "resets", "clients hit", "clients", "first failure", "in", "causes", "site"],
(map(select(.type == "endpoint" and verdicts > 0 and (is_problem or $ENV.ALL == "1"))) | sort_by(-failed, -.resets, name) | .[]
 | [name, .connections, failed, .resets, at_least + "\(.clients_reset | length)",
    at_least + "\(.clients | length)", (.first_failed.time // "-" | .[:19]),
    (.first_failed.source // "-"), causes, .sensor // "-"])
| @tsv
