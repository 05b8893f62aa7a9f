/**
 * Compiles the tree without checking types and runs the test files whose path holds a word, within seconds of an edit.
 *   npm run test:one -- ops/pooling
 * A change in assembly/ or proto/ needs `npm run build` first.
 */
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

const [word] = process.argv.slice(2);
if (word === undefined) {
  console.error("expected a part of a test file's path, as in: npm run test:one -- ops/pooling");
  process.exit(2);
}
await build({
  entryPoints: ['src/**/*.ts', 'test/**/*.ts'],
  outdir: 'dist',
  outbase: '.',
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
});
const run = ['node_modules/uvu/bin.js', 'dist/test', `${word}.*\\.test\\.js$`];
process.exitCode = spawnSync(process.execPath, run, { stdio: 'inherit' }).status ?? 1;
