import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dropUnused } from '../../src/optimise/index.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { goldenCase, importGolden } from './golden.js';
import { graphDef } from './graph-def.js';

const opsOf = (name: string): string[] => dropUnused(importGolden(goldenCase(name))).nodes.map((node) => node.op);

test('a mean over height and width is a global pooling, with a reshape if the axes go', () => {
  assert.equal(opsOf('mean_1_2_keep'), ['input', 'pooling']);
  assert.equal(opsOf('mean_1_2_drop'), ['input', 'pooling', 'reshape']);
});

test('an input of type uint8 takes bytes', () => {
  const input = (type: number): unknown => {
    const x = { name: 'x', op: 'Placeholder', attr: { dtype: { type }, shape: { shape: [-1, 2, 2, 3] } } };
    const cast = { name: 'y', op: 'Cast', input: ['x'], attr: { DstT: { type: 1 } } };
    return loadTensorFlow({ bytes: graphDef(x, cast), fileName: 'model.pb' }).nodes[0]!.attrs;
  };
  assert.equal(input(4), { shape: [1, 2, 2, 3], bytes: true });
  assert.equal(input(1), { shape: [1, 2, 2, 3] });
});

test.run();
