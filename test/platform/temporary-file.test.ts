import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attachTemporaryFile, openTemporaryFile } from '../../src/platform/temporary-file.js';
import { runWithPlatform } from './run-with-platform.js';

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
  runWithPlatform(
    `const f = await p.openTemporaryFile(); f.append(new Uint8Array(10)); process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 9999)`,
  );
  const left = readdirSync(tmpdir()).filter(
    (name) => name.startsWith('xfdnn-') && name.endsWith('.tmp') && !before.has(name),
  );
  assert.equal(left, []);
});

test('a folder that is not there is named', async () => {
  assert.not.ok(existsSync('/no/such/folder'));
  // Nothing is made before something is written.
  const file = await openTemporaryFile('/no/such/folder');
  file.close();
  try {
    file.append(Uint8Array.of(1));
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /\/no\/such\/folder\/xfdnn-.*its folder is not there/);
  }
});

test.run();
