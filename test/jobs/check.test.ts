import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkScalingFile } from '../../src/jobs/check.js';
import { faultLines } from '../../src/report/fault-lines.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { sample } from '../scaling-file/samples.js';
import { scratchFolder } from '../scratch.js';

const folder = scratchFolder();
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const good = formatScaling(sample());

test('check repairs in place or into another file, and says what remains', async () => {
  const broken = good
    .replace(/"scale": \[\n +\d+/, (match) => match.replace(/\d+$/, '3'))
    .replace('"th_layer_in": 100.0', '"th_layer_in": 100');
  const path = file('broken.json', broken);
  const found = await checkScalingFile({ scaling: path });
  assert.equal(
    faultLines(found.faults, 'q.json').map((line) => line.replace(/expected .*/, '')),
    ['q.json: entry "conv1": scale[0]: ', 'warning: q.json: entry "conv1": th_layer_in: '],
  );
  const elsewhere = await checkScalingFile({ scaling: path, fix: true, output: join(folder, 'new/fixed.json') });
  assert.equal([elsewhere.faults, elsewhere.fixed], [[], 2]);
  assert.is(readFileSync(join(folder, 'new/fixed.json'), 'utf8'), good);
  assert.is(readFileSync(path, 'utf8'), broken);
  await checkScalingFile({ scaling: path, fix: true });
  assert.is(readFileSync(path, 'utf8'), good);
});

test('nothing is written where an entry cannot be read', async () => {
  const text = good.replace('"th_layer_in": 100.0', '"th_layer_in": null');
  const path = file('unreadable.json', text);
  const message = await checkScalingFile({ scaling: path, fix: true }).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, /expected entries that can be read before they are repaired/);
  assert.is(readFileSync(path, 'utf8'), text);
});

test('a remark on how a threshold is written does not hide that it is wrong', async () => {
  const { faults } = await checkScalingFile({
    scaling: file('negative.json', good.replace('"th_layer_in": 100.0', '"th_layer_in": -1')),
  });
  assert.ok(
    faults.some(
      ({ severity, key, message }) =>
        severity === 'fault' && key === 'th_layer_in' && /at least 0, got -1/.test(message),
    ),
  );
});

test.run();
