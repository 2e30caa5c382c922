-- merge.sql - endpoint objects of many captures into one row a server and site, most failures first (for query.mjs)
--
-- SPDX-License-Identifier: GPL-2.0-or-later
WITH endpoint AS (SELECT * FROM object WHERE type = 'endpoint'),
     tally AS (SELECT sensor, server.address AS address, server.port AS port, unnest(causes) AS of_cause FROM endpoint),
     cause AS (SELECT sensor, address, port, of_cause.cause AS name, any_value(of_cause.severity) AS severity,
                      sum(of_cause.resets + of_cause.silences) AS verdicts
               FROM tally GROUP BY sensor, address, port, name),
     most AS (SELECT sensor, address, port, bool_or(severity <> 'chat') AS is_problem,
                     arg_max(name, {a: severity <> 'chat' AND name <> 'undetermined',
                                    b: verdicts * if(severity = 'warn', 4, 1), c: name}) AS cause
              FROM cause GROUP BY sensor, address, port),
     server AS (SELECT sensor, server.address AS address, server.port::INTEGER AS port,
                       sum(connections)::INTEGER AS connections,
                       sum(refused + reset_in_handshake + reset_on_request + unanswered)::INTEGER AS failed,
                       sum(resets)::INTEGER AS resets,
                       len(list_distinct(flatten(list(clients_reset::VARCHAR[]))))::INTEGER AS clients_hit,
                       len(list_distinct(flatten(list(clients::VARCHAR[]))))::INTEGER AS clients,
                       bool_or(clients_cut) AS clients_cut
                FROM endpoint GROUP BY sensor, address, port)
SELECT server.sensor, server.address, server.port, connections, failed, resets, clients_hit, clients, clients_cut, cause
FROM server JOIN most ON server.sensor IS NOT DISTINCT FROM most.sensor
                     AND server.address = most.address AND server.port = most.port
WHERE is_problem
ORDER BY failed DESC, resets DESC, server.address, server.port
