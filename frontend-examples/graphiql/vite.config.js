import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compressAssets } from '../compress.js';

const outDir = fileURLToPath(new URL('../../server/gateway/static/graphiql', import.meta.url));

// The page is served at /graphql and its files at /graphql/assets/ (server/gateway/graphiql.py).
export default defineConfig({
  base: '/graphql/',
  plugins: [compressAssets(outDir)],
  build: {
    outDir,
    emptyOutDir: true,
    assetsDir: 'assets',
    // The licences of all that is bundled travel with it.
    license: { fileName: 'assets/LICENSES.md' },
    modulePreload: { polyfill: false },
    // Monaco is one large chunk; GraphiQL is loaded on its own page only.
    chunkSizeWarningLimit: 8000,
    // A library's "use client" means nothing in a page that has no server side.
    rolldownOptions: {
      onLog: (level, log, report) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && report(level, log),
    },
  },
});
