import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compressAssets } from '../compress.js';

const outDir = fileURLToPath(new URL('../../server/gateway/static/dashboard', import.meta.url));
const server = process.env.POSTMETER_URL ?? 'http://127.0.0.1:8000';

// Served at /dashboard/, its files at /dashboard/assets/ (server/gateway/dashboard.py).
export default defineConfig({
  base: '/dashboard/',
  plugins: [compressAssets(outDir)],
  build: {
    outDir,
    emptyOutDir: true,
    assetsDir: 'assets',
    // Nothing but files: the policy of the page allows no `data:` script or style.
    assetsInlineLimit: 0,
    // Read by the test of the size of the first load.
    manifest: 'manifest.json',
    license: { fileName: 'assets/LICENSES.md' },
    modulePreload: { polyfill: false },
  },
  // `npm run dev`: the page from here, everything else from a running server. The browser sees one origin, which the
  // session cookie needs.
  server: {
    proxy: Object.fromEntries(
      ['/graphql', '/exports', '/data-exports', '/documents', '/sender-documents', '/policy', '/landing'].map(
        (path) => [path, { target: server, ws: true }],
      ),
    ),
  },
});
