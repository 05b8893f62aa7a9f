import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rescaleFile } from '../../src/jobs/rescale.js';
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

test('widths that no overlay has are refused with the entry', async () => {
  const scaling = file('width.json', good.replace(/"bw_layer_in": \d+/, '"bw_layer_in": 7'));
  const message = await rescaleFile({ scaling, overlay: 'v3', output: join(folder, 'never.json') }).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, /width\.json: entry "conv1": bw_layer_in: expected 8 or 16, got 7\./);
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
