/**
 * Compiles the tree without checking types and runs the test files whose path holds one of the words, within seconds of an
 * edit.
 *   npm run test:one -- ops/pooling jobs/verify
 * A change in assembly/ or proto/ needs `npm run build` first.
 */
import { spawnSync } from 'node:child_process';
import { compile, testsOf } from './compile.js';

const words = process.argv.slice(2).map((word) => word.replace(/^(dist\/|\.\/)?test\//, '').replace(/\.(test\.)?[jt]s$|\.test$/, ''));
if (words.length === 0) {
  console.error("expected a part of a test file's path, as in: npm run test:one -- ops/pooling");
  process.exit(2);
}
await compile();
const { status, stdout } = spawnSync(process.execPath, testsOf(words), { stdio: ['inherit', 'pipe', 'inherit'], encoding: 'utf8' });
process.stdout.write(stdout);
if (!/Total: +[1-9]/.test(stdout)) console.error(`no test file under test/ holds ${words.join(' or ')} in its path.`);
process.exitCode = /Total: +[1-9]/.test(stdout) ? (status ?? 1) : 1;
