import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectCaffe } from '../../src/caffe/index.js';
import { ops } from '../../src/ops/index.js';
import { inspectTensorFlow } from '../../src/tensorflow/index.js';
import { root } from '../support.js';
import { graphDef, placeholder } from '../tensorflow/graph-def.js';
import { refusedCaffe, refusedTensorFlow } from './refused.js';
import { layerTable } from './table.js';

const text = readFileSync(join(root, 'docs/layers.md'), 'utf8');

test('docs/layers.md is what `npm run docs:layers` writes', () => {
  assert.is(text, layerTable());
});

/** The types of the rows of one part of the text. */
const rowsOf = (part: string | undefined): Set<string | undefined> =>
  new Set([...(part ?? '').matchAll(/^\| (\S+) \|/gm)].map(([, type]) => type));

test('every type that an operator reads has its row', () => {
  const [, caffe, tensorflow] = text.split(/^## .*$/m);
  const [layers, nodes] = [rowsOf(caffe), rowsOf(tensorflow)];
  // Sources, and what is left out, stand below the table.
  const apart = ['Input', 'DummyData', 'Silence'];
  assert.equal(
    ops.flatMap((op) => op.caffe?.types ?? []).filter((type) => !layers.has(type) && !apart.includes(type)),
    [],
  );
  assert.equal(
    ops.flatMap((op) => op.tensorflow?.types ?? []).filter((type) => !nodes.has(type)),
    [],
  );
});

for (const type of Object.keys(refusedCaffe)) {
  test(`Caffe's ${type} is refused by name`, () => {
    const prototxt = [
      'layer { name: "a" type: "Input" top: "a" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }',
      'layer { name: "r" type: "ReLU" bottom: "a" top: "r" }',
      `layer { name: "it" type: "${type}" bottom: "a" top: "y" }`,
    ].join('\n');
    assert.equal(inspectCaffe({ prototxt, prototxtName: 'net.prototxt' }).unsupported, [`"it" (${type})`]);
  });
}

for (const type of Object.keys(refusedTensorFlow)) {
  test(`TensorFlow's ${type} is refused by name`, () => {
    const nodes = [placeholder('x', [1, 8, 8, 3]), { name: 'it', op: type, input: ['x', 'x', 'x', 'x'] }];
    assert.equal(inspectTensorFlow({ bytes: graphDef(...nodes), fileName: 'm.pb' }).unsupported, [`"it" (${type})`]);
  });
}

test.run();
