import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attachTemporaryFile, cores, openTemporaryFile, randomSeed } from '../../src/platform/index.js';

const url = JSON.stringify(new URL('../../src/platform/index.js', import.meta.url).href);

/** Runs a snippet that has the platform's exports as `p`. */
function run(code: string, ...rest: string[]): ReturnType<typeof spawnSync> {
  return spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `const p = await import(${url}); ${code}`, '--', 'program', ...rest],
    { encoding: 'utf8' },
  );
}

test('cores and seeds', async () => {
  assert.ok((await cores()) >= 1);
  const seeds = new Set(Array.from({ length: 50 }, randomSeed));
  assert.ok(seeds.size > 45);
  for (const seed of seeds) assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32);
});

test('a temporary file gives back what was put aside, in any order and from another handle', async () => {
  const file = await openTemporaryFile();
  const parts = [5, 70_000, 1, 0].map((size, k) => new Uint8Array(size).fill(k + 1));
  const offsets = parts.map((part) => file.append(part));
  assert.equal(offsets, [0, 5, 70_005, 70_006]);
  assert.is(file.size, 70_006);
  const other = await attachTemporaryFile(file.descriptor);
  for (const reader of [file, other]) {
    const into = new Uint8Array(4);
    reader.read(3, into);
    assert.equal(Array.from(into), [1, 1, 2, 2]);
    assert.throws(() => reader.read(70_003, into), /end of the file/);
  }
  file.close();
});

test('a temporary file is gone when the process is killed', () => {
  const before = new Set(readdirSync(tmpdir()));
  run(
    `const f = await p.openTemporaryFile(); f.append(new Uint8Array(10)); process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 9999)`,
  );
  const left = readdirSync(tmpdir()).filter(
    (name) => name.startsWith('xfdnn-') && name.endsWith('.tmp') && !before.has(name),
  );
  assert.equal(left, []);
});

test('a folder that is not there is named', async () => {
  assert.not.ok(existsSync('/no/such/folder'));
  try {
    await openTemporaryFile('/no/such/folder');
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /\/no\/such\/folder\/xfdnn-.*its folder is not there/);
  }
});

test('arguments, streams, exit code', () => {
  const code = `const e = p.environment; e.writeOutput(e.arguments().join()); e.writeError('err\\n'); e.setExitCode(2);
    e.writeError(String([e.outputIsTerminal(), e.errorIsTerminal(), e.columns() > 0, e.variable('NO_SUCH_THING')]));`;
  const result = run(code, 'one', '--two');
  assert.is(result.stdout, 'one,--two');
  assert.is(result.stderr, 'err\nfalse,false,true,');
  assert.is(result.status, 2);
});

test('output that finds no space is told in one line', () => {
  if (!existsSync('/dev/full')) return;
  const code = `p.environment.writeOutput('x');`;
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `const p = await import(${url}); ${code}`],
    { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] },
  );
  closeSync(full);
  assert.is(stderr, 'standard output: no space is left on the device. Free some, or choose another path.\n');
  assert.is(status, 1);
});

test('without Node the modules still load, and say that there are no files', () => {
  const hide = `Object.defineProperty(process, 'versions', { value: {} });`;
  const code = `try { await p.readFile('x.bin'); } catch (error) { console.log(error.message); }
    console.log([p.isNode(), await p.sha256(new TextEncoder().encode('abc')), await p.cores()].join(' '));
    const f = await p.openTemporaryFile(); f.append(new Uint8Array([1, 2])); f.append(new Uint8Array([3, 4, 5]));
    const into = new Uint8Array(3); f.read(1, into); console.log(into.join());`;
  const result = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `${hide} const p = await import(${url}); ${code}`],
    { encoding: 'utf8' },
  );
  const lines = String(result.stdout).split('\n');
  assert.match(lines[0]!, /x\.bin: expected Node, Deno or Bun, got a browser/);
  assert.match(lines[1]!, /^false ba7816bf/);
  assert.is(lines[2], '2,3,4');
});

test.run();
