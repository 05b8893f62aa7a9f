/**
 * Bundles `src/` with esbuild.
 *   dist/bundle   cli/main.js and worker.js for Node: the programs of bin/ load one file and its shared chunk
 *   dist/browser  library/index.js and worker.js: self-contained ES modules for pages without a bundler
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const shared = {
  absWorkingDir: fileURLToPath(new URL('./', import.meta.url)),
  bundle: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
};

const BUNDLES = {
  cli: {
    ...shared,
    entryPoints: ['src/cli/main.ts', 'src/worker.ts'],
    outdir: 'dist/bundle',
    outbase: 'src',
    platform: 'node',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // Less to parse at each start. Names stay, and lines are short, so that a stack says where an error comes from.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    // The packages that are CommonJS load Node's modules by `require`.
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  },
  browser: {
    ...shared,
    entryPoints: [
      { in: 'src/index.ts', out: 'library/index' },
      { in: 'src/worker.ts', out: 'worker' },
    ],
    outdir: 'dist/browser',
    platform: 'browser',
    minify: true,
  },
};

/** Makes bundles by their names, `cli` and `browser`. */
export async function bundle(names = Object.keys(BUNDLES)) {
  for (const name of names) {
    const options = BUNDLES[name];
    rmSync(new URL(options.outdir, import.meta.url), { recursive: true, force: true });
    await build(options);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
