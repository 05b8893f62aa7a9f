import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkScalingFile } from '../../src/jobs/check.js';
import { compareFiles } from '../../src/jobs/compare.js';
import { rescaleFile } from '../../src/jobs/rescale.js';
import { faultLines } from '../../src/report/fault-lines.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { sample } from '../scaling-file/samples.js';

const folder = mkdtempSync(join(tmpdir(), 'xfdnn-tools-'));
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

test('widths that no overlay has are refused with the entry', async () => {
  const scaling = file('width.json', good.replace(/"bw_layer_in": \d+/, '"bw_layer_in": 7'));
  const message = await rescaleFile({ scaling, overlay: 'v3', output: join(folder, 'never.json') }).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, /width\.json: entry "conv1": bw_layer_in: expected 8 or 16, got 7\./);
});

test('channels of one key share a line', () => {
  const faults = [0, 1, 2].map(
    (channel) =>
      ({ entry: 'a', key: 'scale', channel, message: `bad ${channel}.`, severity: 'fault', derivable: true }) as const,
  );
  assert.equal(faultLines(faults, 'q.json'), ['q.json: entry "a": scale[0]: bad 0. (and 2 more channels)']);
});

test('rescale warns that average pooling needs the network, and wants it for unequal widths', async () => {
  const warnings: string[] = [];
  const output = join(folder, 'v3.json');
  const { from, overlay } = await rescaleFile(
    { scaling: file('v2.json', good), overlay: 'v3', output },
    { warn: (line) => warnings.push(line) },
  );
  assert.equal([from, overlay, warnings.length], ['v2', 'v3', 1]);
  assert.is(readFileSync(output, 'utf8'), formatScaling(sample('v3').slice(0, 3)));
  const message = await rescaleFile({ scaling: output, bitwidths: [16, 8, 8], output }).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, /^--bitwidths: expected the same width for input and output/);
});

test('compare passes within the tolerance', async () => {
  const [first, second] = [
    file('a.json', good),
    file('b.json', good.replace('"th_layer_in": 20.5', '"th_layer_in": 20.6')),
  ];
  assert.ok((await compareFiles({ first, second })).passed);
  assert.not.ok((await compareFiles({ first, second, tolerance: 0.001 })).passed);
  assert.not.ok((await compareFiles({ first, second: file('c.json', formatScaling(sample().slice(1))) })).passed);
});

test.run();
