/**
 * Runs the test files under a folder whose path matches a regular expression, as uvu's own program does. That one makes code
 * from text; the tests run with this disallowed. Of several expressions each runs in a process of its own, all at the same time;
 * what the last one prints is seen at once, what the others print behind it.
 *   node --disallow-code-generation-from-strings test/runner.js dist/test "\.test\.js$"
 */
import { spawn } from 'node:child_process';

const [folder, ...patterns] = process.argv.slice(2);
if (patterns.length > 1) {
  const runs = await Promise.all(patterns.map((pattern, index) => runApart(pattern, index === patterns.length - 1)));
  for (const { printed } of runs) process.stdout.write(printed);
  process.exitCode = Math.max(...runs.map(({ code }) => code));
} else {
  // uvu looks for its program among the arguments: without it, every file would start the tests by itself.
  process.argv.push('uvu/bin.js');
  // A Node that is given both says so on the standard error of every program that a test starts.
  delete process.env.NO_COLOR;
  process.env.FORCE_COLOR = '1';
  const { parse } = await import('uvu/parse');
  const { run } = await import('uvu/run');
  const { suites } = await parse(folder, patterns[0]);
  await run(suites);
}

/** Runs the files of one expression. Resolves with the exit code, and with what was printed and not seen at once. */
function runApart(pattern, isSeen) {
  const output = isSeen ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1], folder, pattern], { stdio: ['ignore', output, output] });
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => printed.push(chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? 1, printed: Buffer.concat(printed) })));
}
