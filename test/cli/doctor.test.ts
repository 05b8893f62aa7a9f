import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runProgram } from './command.js';
import { folderOf } from './fixtures.js';

test('doctor finds everything well, and the built-in case as on every machine', () => {
  const folder = folderOf({});
  const { code, output, error } = runProgram('xfdnn', folder, ['doctor', '--json']);
  assert.equal([code, error], [0, ''], output);
  const { findings } = JSON.parse(output);
  assert.equal(
    findings.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok]),
    [
      ['runtime', true],
      ['SIMD', true],
      ['threads', true],
      ['temporary space', true],
      ['built-in case', true],
    ],
  );
});

test.run();
