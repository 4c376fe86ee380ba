import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A plugin of Vite that writes NAME.gz beside each text asset, so that the server never compresses megabytes itself. */
export function compressAssets(outDir) {
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
