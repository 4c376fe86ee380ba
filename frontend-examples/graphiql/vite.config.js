import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

const outDir = fileURLToPath(new URL('../../server/gateway/static/graphiql', import.meta.url));

// The page is served at /graphql and its files at /graphql/assets/ (server/gateway/graphiql.py).
export default defineConfig({
  base: '/graphql/',
  plugins: [compressAssets()],
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
    rolldownOptions: { onLog: (level, log, report) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && report(level, log) },
  },
});

/** Writes NAME.gz beside each text asset, so that the server never compresses seven megabytes itself. */
function compressAssets() {
  return {
    name: 'compress-assets',
    apply: 'build',
    closeBundle() {
      const assets = join(outDir, 'assets');
      for (const name of readdirSync(assets).filter((name) => /\.(js|css|md)$/.test(name))) {
        writeFileSync(join(assets, `${name}.gz`), gzipSync(readFileSync(join(assets, name)), { level: 9 }));
      }
    },
  };
}
