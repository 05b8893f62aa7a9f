import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';

/** A short run of each judge, with the name of its environment. A full run is started by hand. */
const runs: readonly (readonly [environment: string, ...words: string[]])[] = [
  ['tensorflow', 'layers', '--only', '^(Conv2D|LSTM)$'],
  ['tensorflow', 'documentation'],
  ['opencv', '--only', 'examples'],
  ['images', '--only', 'dog32'],
];

for (const [name, ...words] of runs) {
  const isThere = existsSync(join(root, 'dist/judges', name, 'installed'));
  const run = isThere ? test : test.skip;
  run(`${name} (${words.join(' ')}) agrees${isThere ? '' : ' (skipped: its environment was not made)'}`, () => {
    const script = join(root, 'test/judges', name, 'run.py');
    const { status, stdout, stderr } = spawnSync('python3', [script, ...words], { encoding: 'utf8' });
    assert.is(status, 0, `${stdout}\n${stderr}`);
  });
}

test.run();
