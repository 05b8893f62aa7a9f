import { closeSync, existsSync, openSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cores, randomSeed } from '../../src/platform/environment.js';
import { runWithPlatform, withoutNode } from './run-with-platform.js';

test('cores and seeds', async () => {
  assert.ok((await cores()) >= 1);
  const seeds = new Set(Array.from({ length: 50 }, randomSeed));
  assert.ok(seeds.size > 45);
  for (const seed of seeds) assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32);
});

test('arguments, streams, exit code', () => {
  const code = `const e = p.environment; e.writeOutput(e.arguments().join()); e.writeError('err\\n'); e.setExitCode(2);
    e.writeError(String([e.outputIsTerminal(), e.errorIsTerminal(), e.outputColumns() > 0, e.variable('NO_SUCH_THING')]));`;
  const result = runWithPlatform(code, { rest: ['one', '--two'] });
  assert.is(result.stdout, 'one,--two');
  assert.is(result.stderr, 'err\nfalse,false,true,');
  assert.is(result.status, 2);
});

// Deno throws where it writes.
('Deno' in globalThis ? test.skip : test)('output that finds no space is told in one line', () => {
  if (!existsSync('/dev/full')) return;
  const code = `p.environment.writeOutput('x');`;
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = runWithPlatform(code, { output: full });
  closeSync(full);
  assert.is(stderr, 'standard output: no space is left on the device. Free some, or choose another path.\n');
  assert.is(status, 1);
});

test('without Node the modules still load, and say that there are no files', () => {
  const code = `try { await p.readFile('x.bin'); } catch (error) { console.log(error.message); }
    console.log([p.isNode(), await p.sha256(new TextEncoder().encode('abc')), await p.cores()].join(' '));
    const f = await p.openTemporaryFile(); f.append(new Uint8Array([1, 2])); f.append(new Uint8Array([3, 4, 5]));
    const into = new Uint8Array(3); f.read(1, into); console.log(into.join());`;
  const result = runWithPlatform(code, { before: withoutNode });
  const [refusal = '', digest = '', bytes] = result.stdout.split('\n');
  assert.match(refusal, /x\.bin: expected Node, Deno or Bun, got a browser/);
  assert.match(digest, /^false ba7816bf/);
  assert.is(bytes, '2,3,4');
});

test.run();
