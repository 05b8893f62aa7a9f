import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GraphNode } from '../../src/graph/graph.js';
import { shareWeights } from '../../src/graph/share-weights.js';
import { graphOf, node, tensor } from './parameters.js';

test('weights are copied into shared memory once, those that are shared already not at all', () => {
  const own = tensor(Float32Array.of(1, -2, 3));
  const part = tensor(Float32Array.of(9, 8, 7, 6).subarray(1, 3));
  const there = tensor(new Float32Array(new SharedArrayBuffer(8)));
  const graph = graphOf(node('a', [own, part]), node('b', [own, there]));
  const [a, b] = shareWeights(graph).nodes as [GraphNode, GraphNode];
  assert.equal(a.params, [own, part]);
  for (const { data } of [...a.params, ...b.params]) assert.instance(data.buffer, SharedArrayBuffer);
  assert.is(a.params[1]!.data.buffer.byteLength, 8);
  assert.is(a.params[0]!.data, b.params[0]!.data);
  assert.is(b.params[1]!.data, there.data);
  assert.not.instance(own.data.buffer, SharedArrayBuffer);
});

test('where memory cannot be shared the graph is as it was', () => {
  const shared = globalThis.SharedArrayBuffer;
  try {
    Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
    const graph = graphOf(node('a', [tensor(Float32Array.of(1))]));
    assert.is(shareWeights(graph), graph);
  } finally {
    globalThis.SharedArrayBuffer = shared;
  }
});

test.run();
