// Types for the documents in a folder: `node codegen.js DOCUMENTS OUTPUT`; with `--check` it only compares.
// `--merge` gives types that are alike one name: of many documents a quarter is left out.
// The generator's core and two of its plugins: its command line would bring ten times as much.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as documentNodes from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const [folder, output] = process.argv.slice(2);
const names = readdirSync(folder).sort();
const generated = await codegen({
  filename: output,
  schema: parse(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')),
  documents: names.map((name) => {
    const rawSDL = readFileSync(`${folder}/${name}`, 'utf8');
    return { location: name, rawSDL, document: parse(rawSDL) };
  }),
  config: {
    documentMode: 'string',
    dedupeFragments: true,
    enumsAsTypes: true,
    enumType: 'string-literal',
    skipTypename: true,
    mergeFragmentTypes: process.argv.includes('--merge'),
    immutableTypes: true,
    useTypeImports: true,
    strictScalars: true,
    scalars: { BigInt: 'string', DateTime: 'string', Decimal: 'string' },
  },
  plugins: [{ operations: {} }, { documentNodes: {} }],
  pluginMap: { operations, documentNodes },
});
const text = `// Made by \`npm run types\`; do not edit.\n${generated}`;

if (process.argv.includes('--check')) {
  if (readFileSync(output, 'utf8') !== text) {
    console.error(`${output} is stale: npm run types`);
    process.exit(1);
  }
} else {
  writeFileSync(output, text);
}
