import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rescaleFile } from '../../src/jobs/rescale.js';
import { buildEntry } from '../../src/scaling/index.js';
import { checkScaling } from '../../src/scaling-file/check.js';
import { isFault } from '../../src/scaling-file/fault.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { readScaling } from '../../src/scaling-file/parse.js';
import { sample } from '../scaling-file/samples.js';
import { scratchFolder } from '../scratch.js';

const folder = scratchFolder();
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const good = formatScaling(sample());

test('widths that no overlay has are refused with the entry', async () => {
  const scaling = file('width.json', good.replace(/"bw_layer_in": \d+/, '"bw_layer_in": 7'));
  const message = await rescaleFile({ scaling, overlay: 'v3', output: join(folder, 'never.json') }).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, /width\.json: entry "conv1": bw_layer_in: expected 8 or 16, got 7\./);
});

test('widths between which the overlay has no multiplier are refused by name before anything is written', async () => {
  const sum = {
    name: 'sum',
    form: 'Eltwise',
    area: 1,
    channels: 1,
    th_params: [],
    th_layer_in: 20,
    th_layer_out: 31,
  } as const;
  const mixed = buildEntry({ ...sum, bw_params: 8, bw_layer_in: 8, bw_layer_out: 16 }, 'v3');
  const entries = sample('v3').slice(0, 2);
  const scaling = file('mixed.json', formatScaling([...entries, mixed]));
  assert.equal(checkScaling([...entries, mixed], { overlay: 'v3' }).filter(isFault), []);
  const output = join(folder, 'mixed-v2.json');
  const message = await rescaleFile({ scaling, overlay: 'v2', output }).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(
    message,
    /^--overlay: .*mixed\.json: entry "sum": bw_layer_out: expected 8, as bw_layer_in is, got 16: overlay v2 has no multiplier for that in a layer of its kind\. Pass --bitwidths/,
  );
  assert.not(existsSync(output));
  await rescaleFile({ scaling, overlay: 'v2', bitwidths: [16, 16, 16], output });
  const { entries: rescaled } = readScaling(readFileSync(output, 'utf8'), output);
  assert.equal(checkScaling(rescaled, { overlay: 'v2' }).filter(isFault), []);
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

test.run();
