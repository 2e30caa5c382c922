# ecs.jq - events and silences of `tcprst --json` as documents with names of the Elastic Common Schema, one a line
#
#     tcprst --json FILE | jq -c -f docs/ecs.jq
#
# The names are those of the table in json.md; all that tcprst says more is below "tcprst".
#
# SPDX-License-Identifier: GPL-2.0-or-later
def without_null: with_entries(select(.value != null and .value != {}));

select(.type == "event" or .type == "silence")
| {"@timestamp": .time,
   message: .because,
   event: {id, reason: .cause},
   network: ({community_id} | without_null),
   client: .client,
   server: (.server | {address, port}),
   observer: ({name: .sensor} | without_null),
   file: ({name: .source} | without_null),
   tcprst: (del(.time, .because, .id, .cause, .community_id, .client, .server.address, .server.port, .sensor,
                .source) | with_entries(select(.value != {})))}
| without_null
