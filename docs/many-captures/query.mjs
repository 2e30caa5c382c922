// query.mjs - asks DuckDB about objects of tcprst: node query.mjs FILE SQL (npm install @duckdb/node-api)
//
// The table `object` holds the lines of FILE; what SQL yields is printed as JSON, one row a line.
//
// SPDX-License-Identifier: GPL-2.0-or-later
import { DuckDBInstance } from '@duckdb/node-api';

const [file, sql] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create()).connect();
await connection.run(`CREATE VIEW object AS SELECT * FROM
    read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited', union_by_name = true, sample_size = -1)`);
const reader = await connection.runAndReadAll(sql);
for (const row of reader.getRowObjectsJson()) console.log(JSON.stringify(row));
