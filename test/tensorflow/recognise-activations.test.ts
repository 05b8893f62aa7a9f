import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dropUnused } from '../../src/optimise/index.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { goldenCase, importGolden } from './golden.js';
import { graphDef, placeholder } from './graph-def.js';

const opsOf = (name: string): string[] => dropUnused(importGolden(goldenCase(name))).nodes.map((node) => node.op);

for (const name of [
  'prelu_select',
  'prelu_select_less',
  'prelu_abs',
  'prelu_two_relus',
  'prelu_neg',
  'prelu_max_min',
]) {
  test(`${name} becomes one PReLU`, () => assert.equal(opsOf(name), ['input', 'prelu']));
}
for (const name of ['leaky_maximum', 'leaky_abs', 'relu_as_maximum', 'relu6_minimum', 'relu6_clip']) {
  test(`${name} becomes one ReLU`, () => assert.equal(opsOf(name), ['input', 'relu']));
}

test('slopes and ceilings are what the arithmetic says', () => {
  const attrs = (name: string): unknown => dropUnused(importGolden(goldenCase(name))).nodes[1]!.attrs;
  assert.equal(attrs('leaky_maximum'), { slope: Math.fround(0.2), ceiling: Infinity });
  assert.equal(attrs('relu6_clip'), { slope: 0, ceiling: 6 });
  assert.ok(Math.abs((attrs('leaky_abs') as { slope: number }).slope - 0.1) < 1e-7);
});

test('a clip that is no ReLU stays', () => assert.equal(opsOf('clip'), ['input', 'binary', 'binary']));
test('an inner value that is wanted stays beside the PReLU', () =>
  assert.equal(opsOf('prelu_inner_wanted'), ['input', 'relu', 'prelu']));

test('a rectifier of a later output of a Split', () => {
  const axis = { name: 'axis', op: 'Const', attr: { dtype: { type: 3 }, value: { int32s: [3] } } } as const;
  const bytes = graphDef(
    placeholder('x', [1, 4, 4, 6]),
    axis,
    { name: 'parts', op: 'Split', input: ['axis', 'x'], attr: { num_split: { i: 3 } } },
    { name: 'relu', op: 'Relu', input: ['parts:2'] },
    { name: 'sum', op: 'AddV2', input: ['relu', 'parts:1'] },
  );
  assert.equal(
    loadTensorFlow({ bytes, fileName: 'model.pb' }).nodes.map((node) => node.op),
    ['input', 'slice', 'relu', 'eltwise'],
  );
});

test.run();
