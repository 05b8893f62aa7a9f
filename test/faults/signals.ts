import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { smallNetwork } from '../cli/fixtures.js';
import { ended, type Faults, leftovers, pause, quantized, run, start } from './process.js';

/** A signal some time after the start: the scaling file is whole or absent, and nothing else is left. */
async function signalled(signal: NodeJS.Signals, milliseconds: number): Promise<string> {
  const folder = smallNetwork();
  const child = start(folder, quantized());
  const end = ended(child);
  await pause(milliseconds);
  const sent = Date.now();
  child.kill(signal);
  const { code, signal: by } = await end;
  assert.ok(Date.now() - sent < 5000, `${signal} after ${milliseconds} ms was obeyed after ${Date.now() - sent} ms`);
  const codes = { SIGINT: 130, SIGTERM: 143 } as Record<string, number>;
  assert.ok(by === signal || code === codes[signal] || code === 0, `ended with ${code ?? by}`);
  if (existsSync(join(folder, 'q.json'))) JSON.parse(readFileSync(join(folder, 'q.json'), 'utf8'));
  if (signal !== 'SIGKILL') assert.equal(leftovers(folder), []);
  return folder;
}

/** Signals at any moment. */
export const signals: Faults = {
  async 'killed at any moment, no half file is left, and the next run leaves nothing'(round) {
    const folder = await signalled('SIGKILL', 150 + 37 * round);
    // As if it were left by a process that was killed a while ago: the highest number of a process is never reached.
    const abandoned = join(folder, '.xfdnn-4194305-abcdef.tmp');
    writeFileSync(abandoned, 'half');
    const hourAgo = Date.now() / 1000 - 3600;
    for (const name of leftovers(folder)) utimesSync(join(folder, name), hourAgo, hourAgo);
    const { code, error } = await run(folder, quantized());
    assert.is(code, 0, error);
    assert.equal(leftovers(folder), []);
  },
  'interrupted, the run ends at once and leaves nothing': async (round) =>
    void (await signalled('SIGINT', 150 + 41 * round)),
  'terminated, the run ends at once and leaves nothing': async (round) =>
    void (await signalled('SIGTERM', 150 + 43 * round)),
};
