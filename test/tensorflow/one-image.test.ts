import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/runtime/interpret.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import { floats, graphDef, int32s, placeholder, type TestNode } from './graph-def.js';

const BATCH = 4;
const x = placeholder('x', [BATCH, 2, 1, 2]);

/** The node "out" for the image 1, 2, 3, 4: its shape and its values. */
function outOf(...nodes: TestNode[]): [number[], number[]] {
  const graph = loadTensorFlow({ bytes: graphDef(x, ...nodes), fileName: 'model.pb' });
  const values = interpret(graph, new Map([[0, { shape: [1, 2, 1, 2], data: Float32Array.of(1, 2, 3, 4) }]]));
  const { shape, data } = values[graph.names['out']!]!;
  return [[...shape], [...data]];
}

test('Reshape and Slice state the batch', () => {
  const reshape: TestNode = { name: 'out', op: 'Reshape', input: ['x', 's'] };
  assert.equal(outOf(int32s('s', [BATCH, 4]), reshape), [
    [1, 4],
    [1, 2, 3, 4],
  ]);
  assert.equal(outOf(int32s('s', [BATCH * 2, 2]), reshape)[0], [2, 2]);
  const slice: TestNode[] = [
    int32s('begin', [0, 1, 0, 0]),
    int32s('size', [BATCH, 1, 1, 2]),
    { name: 'out', op: 'Slice', input: ['x', 'begin', 'size'] },
  ];
  assert.equal(outOf(...slice), [
    [1, 1, 1, 2],
    [3, 4],
  ]);
});

test('a constant tiled to the batch joins as one image', () => {
  const tiled: TestNode[] = [
    floats('row', [1, 2, 1, 1], [10, 20]),
    int32s('multiples', [BATCH, 1, 1, 1]),
    { name: 'tile', op: 'Tile', input: ['row', 'multiples'] },
  ];
  const concat: TestNode[] = [int32s('axis', [3], []), { name: 'out', op: 'ConcatV2', input: ['x', 'tile', 'axis'] }];
  assert.equal(outOf(...tiled, ...concat), [
    [1, 2, 1, 3],
    [1, 2, 10, 3, 4, 20],
  ]);
  assert.equal(outOf(...tiled, { name: 'out', op: 'AddV2', input: ['tile', 'x'] }), [
    [1, 2, 1, 2],
    [11, 12, 23, 24],
  ]);
});

test('a constant that differs from image to image cannot be run image by image', () => {
  const nodes: TestNode[] = [
    floats('c', [BATCH, 2, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8]),
    int32s('axis', [3], []),
    { name: 'out', op: 'ConcatV2', input: ['x', 'c', 'axis'] },
  ];
  throws(() => outOf(...nodes), /expected inputs that differ along axis 3 only, got 1x2x1x2 and 4x2x1x1/);
});

test.run();
