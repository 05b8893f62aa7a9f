import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTemporaryFile, writeFileAtomic } from '../../src/platform/index.js';
import { scratchFolder } from '../scratch.js';

const folder = scratchFolder();

/** The files that are made while something runs: names, flags and permissions. */
async function opened(work: () => Promise<unknown>): Promise<[path: string, flags: unknown, mode: unknown][]> {
  const { openSync } = fs;
  const calls: [string, unknown, unknown][] = [];
  fs.openSync = (path, flags, mode) => {
    if (typeof flags === 'string' && /[wa]/.test(flags)) calls.push([String(path), flags, mode]);
    return openSync(path, flags as string, mode);
  };
  try {
    await work();
  } finally {
    fs.openSync = openSync;
  }
  return calls;
}

const write = (name: string): Promise<void> => writeFileAtomic(join(folder, name), 'text');
const spill = async (): Promise<void> => {
  const file = await openTemporaryFile(folder);
  file.append(Uint8Array.of(1));
  file.close();
};

for (const [name, work] of [
  ['an output', () => write('a')],
  ['an output that replaces a file', () => write('a')],
  ['activations', spill],
] as const)
  test(`the temporary file of ${name} is new, private, and of a name that nobody guesses`, async () => {
    const calls = [...(await opened(work)), ...(await opened(work))];
    assert.is(calls.length, 2);
    for (const [path, flags, mode] of calls) {
      assert.match(path, /xfdnn-(\d+-)?[0-9a-f]{16,}\.tmp$/);
      assert.match(String(flags), /^wx/);
      assert.is(mode, 0o600);
    }
    assert.is.not(calls[0]?.[0], calls[1]?.[0]);
  });

test('a new file is as open as the process makes files', async () => {
  const before = process.umask(0o027);
  try {
    await write('open');
    assert.is(fs.statSync(join(folder, 'open')).mode & 0o777, 0o640);
  } finally {
    process.umask(before);
  }
});

test.run();
