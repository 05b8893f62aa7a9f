import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/runtime/interpret.js';
import { loadTensorFlow, type PlaceholderValues } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import { graphDef, placeholder, type TestNode } from './graph-def.js';

const x = placeholder('x', [-1, 4]);
const nodes: readonly TestNode[] = [
  x,
  { name: 'training', op: 'Placeholder', attr: { dtype: { type: 10 } } },
  placeholder('scale', [4]),
  { name: 'branch', op: 'Switch', input: ['x', 'training'] },
  { name: 'train', op: 'Unsupported', input: ['branch:1'] },
  { name: 'test', op: 'Neg', input: ['branch:0'] },
  { name: 'merge', op: 'Merge', input: ['train', 'test'] },
  { name: 'out', op: 'Mul', input: ['merge', 'scale'] },
];

function outputOf(placeholders: PlaceholderValues): number[] {
  const graph = loadTensorFlow({ bytes: graphDef(...nodes), fileName: 'model.pb', placeholders });
  const values = interpret(graph, new Map([[0, { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) }]]));
  return [...values[graph.names['out']!]!.data];
}

test('a truth value chooses the branch, a number fills the declared shape', () => {
  assert.equal(outputOf({ training: false, scale: 0.5 }), [-0.5, -1, -1.5, -2]);
  assert.equal(outputOf({ 'training:0': false, 'scale:0': 0.5 }), [-0.5, -1, -1.5, -2]);
  throws(() => outputOf({ training: true, scale: 0.5 }), /not supported: 1 node: "train"/);
});

test('a name that no node has', () =>
  throws(
    () => outputOf({ training: false, scale: 1, phase: 1 }),
    /^--set: expected the name of a placeholder of model.pb, got "phase"\. It has "x", "training", "scale"\./,
  ));

test.run();
