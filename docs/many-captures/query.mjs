// query.mjs - asks DuckDB about objects of tcprst: node query.mjs FILES SQL (npm install @duckdb/node-api)
//
// The table `object` holds the lines of FILES, one file or a pattern in quotes ('results/*.json'); SQL is a query, or
// the name of a file that ends in .sql.  What it yields is printed as JSON, one row a line.
//
// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [files, asked] = process.argv.slice(2);
const sql = asked.endsWith('.sql') ? readFileSync(asked, 'utf8') : asked;
const connection = await (await DuckDBInstance.create()).connect();
// `sensor` and `source` are there only if they were asked for, the rest in every object of its type.
await connection.run(`CREATE VIEW read AS SELECT * FROM
    read_json('${files.replaceAll("'", "''")}', format = 'newline_delimited', union_by_name = true, sample_size = -1)`);
await connection.run('CREATE VIEW object AS SELECT * FROM read UNION ALL BY NAME ' +
    'SELECT NULL::VARCHAR AS sensor, NULL::VARCHAR AS source WHERE false');
const reader = await connection.runAndReadAll(sql);
for (const row of reader.getRowObjectsJson()) console.log(JSON.stringify(row));
