// Writes src/api/generated.ts from ../../schema.graphql and the documents in src/documents; `--check` only compares.
// The generator's core and two of its plugins: its command line would bring ten times as much.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { codegen } from '@graphql-codegen/core';
import * as documentNodes from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const OUTPUT = path('src/api/generated.ts');

const names = readdirSync(path('src/documents')).sort();
const generated = await codegen({
  filename: OUTPUT,
  schema: parse(readFileSync(path('../../schema.graphql'), 'utf8')),
  documents: names.map((name) => {
    const rawSDL = readFileSync(path(`src/documents/${name}`), 'utf8');
    return { location: name, rawSDL, document: parse(rawSDL) };
  }),
  config: {
    documentMode: 'string',
    dedupeFragments: true,
    enumsAsTypes: true,
    enumType: 'string-literal',
    skipTypename: true,
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
  if (readFileSync(OUTPUT, 'utf8') !== text) {
    console.error('src/api/generated.ts is stale: npm run types');
    process.exit(1);
  }
} else {
  writeFileSync(OUTPUT, text);
}
