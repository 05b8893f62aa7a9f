import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { detachWeights, withoutWeights } from '../../src/graph/detach-weights.js';
import { graphOf, node, tensor } from './parameters.js';

/** Part of a file's floats. */
const part = (buffer: ArrayBufferLike, from: number, count: number) =>
  tensor(new Float32Array(buffer, from * 4, count));

test('weights leave a buffer of which they use less than half, in the kind of memory that it was, copied once', () => {
  for (const file of [new SharedArrayBuffer(80), new ArrayBuffer(80)]) {
    new Float32Array(file).set(Array.from({ length: 20 }, (_, i) => i));
    const [few, more] = [part(file, 2, 3), part(file, 9, 6)];
    const graph = detachWeights(graphOf(node('a', [few, more]), node('b', [few])));
    const [[first, second], [third]] = graph.nodes.map(({ params }) => params) as [
      (typeof graph.nodes)[0]['params'],
      (typeof graph.nodes)[0]['params'],
    ];
    assert.equal([first!.data, second!.data], [few.data, more.data]);
    assert.is(third!.data, first!.data);
    for (const { data } of [first!, second!]) {
      assert.is.not(data.buffer, file);
      assert.is(data.buffer.constructor, file.constructor);
      assert.is(data.buffer.byteLength, data.byteLength);
    }
  }
});

test('weights stay in a buffer of which they use half, and in one of their own', () => {
  const file = new SharedArrayBuffer(80);
  const params = [part(file, 0, 4), part(file, 10, 6), tensor(Float32Array.of(1, 2))];
  const graph = detachWeights(graphOf(node('a', params)));
  assert.equal(
    graph.nodes[0]!.params.map(({ data }, i) => data === params[i]!.data),
    [true, true, true],
  );
});

test('a graph without weights has their shapes and nothing of their memory', () => {
  const graph = withoutWeights(graphOf(node('a', [tensor(Float32Array.of(1, 2, 3))])));
  assert.equal(graph.nodes[0]!.params, [{ shape: [3], data: new Float32Array(0) }]);
});

test.run();
