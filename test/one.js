/**
 * Compiles the tree without checking types and runs the test files whose path holds one of the words, within seconds of an
 * edit.
 *   npm run test:one -- ops/pooling jobs/verify
 * A change in assembly/ or proto/ needs `npm run build` first.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { bundle } from '../bundle.js';

const words = process.argv.slice(2).map((word) => word.replace(/^(dist\/|\.\/)?test\//, '').replace(/\.(test\.)?[jt]s$|\.test$/, ''));
if (words.length === 0) {
  console.error("expected a part of a test file's path, as in: npm run test:one -- ops/pooling");
  process.exit(2);
}
// Output of tests that were removed or renamed would run on.
rmSync('dist/test', { recursive: true, force: true });
await build({
  entryPoints: ['src/**/*.ts', 'test/**/*.ts'],
  outdir: 'dist',
  outbase: '.',
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
});
await bundle();
const run = ['node_modules/uvu/bin.js', 'dist/test', `(${words.join('|')}).*\\.test\\.js$`];
const { status, stdout } = spawnSync(process.execPath, run, { stdio: ['inherit', 'pipe', 'inherit'], encoding: 'utf8' });
process.stdout.write(stdout);
if (!/Total: +[1-9]/.test(stdout)) console.error(`no test file under test/ holds ${words.join(' or ')} in its path.`);
process.exitCode = /Total: +[1-9]/.test(stdout) ? (status ?? 1) : 1;
