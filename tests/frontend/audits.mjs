// All audits of the npm suite `graphql-http`, each a line of JSON on stdout: `node audits.mjs URL`.

import { serverAudits } from 'graphql-http';

const [url] = process.argv.slice(2);

const results = await Promise.all(
  serverAudits({ url, fetchFn: fetch }).map(async ({ id, name, fn }) => {
    const { status, reason = null } = await fn();
    return { id, name, status, reason };
  }),
);
for (const result of results) process.stdout.write(`${JSON.stringify(result)}\n`);
