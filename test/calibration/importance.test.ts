import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { channelImportances } from '../../src/calibration/importance.js';
import type { Graph } from '../../src/graph/graph.js';
import { concat, convolution, innerProduct, layer, maxPooling, networkOf, relu } from './plans.js';

/** Importances by the layer that writes the value. */
function importancesOf(graph: Graph): Record<string, number[]> {
  const network = analyse(graph);
  return Object.fromEntries(
    [...channelImportances(network)].map(([id, values]) => [network.node(network.writerOf(id)).name, [...values]]),
  );
}

function weights(graph: Graph, name: string): Float32Array {
  const param = graph.nodes.find((node) => node.name === name)?.params[0];
  assert.ok(param !== undefined);
  return param!.data;
}

function near(found: readonly number[] | undefined, expected: readonly number[]): void {
  const largest = Math.max(...expected);
  assert.is(found?.length, expected.length);
  expected.forEach((value, c) =>
    assert.ok(Math.abs((found?.[c] ?? NaN) - value / largest) < 1e-9, `${found} of ${expected}`),
  );
}

test('outputs of the network have channels of importance 1', () => {
  assert.equal(importancesOf(networkOf(convolution('a', 'data')))['a'], [1, 1, 1, 1]);
});

test('a channel is as important as the squares of its weights, times the importance of the channels they add to', () => {
  const graph = networkOf(convolution('a', 'data'), relu('r', 'a'), maxPooling('p', 'r'), convolution('b', 'p'));
  const [first, second] = [weights(graph, 'a'), weights(graph, 'b')];
  const columns = (rows: Float32Array, of: readonly number[]): number[] =>
    [0, 1, 2, 3].map((i) => [0, 1, 2, 3].reduce((sum, o) => sum + (of[o] ?? 0) * (rows[o * 4 + i] ?? 0) ** 2, 0));
  const ofA = columns(second, [1, 1, 1, 1]);
  const found = importancesOf(graph);
  for (const name of ['a', 'r', 'p']) near(found[name], ofA);
  near(found['data'], columns(first, ofA));
});

test('groups: weights count for the channels of their group', () => {
  const grouped = layer('Convolution', 'convolution_param { num_output: 4 kernel_size: 3 pad: 1 group: 2 }');
  const graph = networkOf(grouped('a', 'data'));
  const rows = weights(graph, 'a');
  const expected = [0, 1, 2, 3].map((c) =>
    [0, 1].reduce((sum, row) => {
      const start = ((Math.floor(c / 2) * 2 + row) * 2 + (c % 2)) * 9;
      return sum + rows.subarray(start, start + 9).reduce((all, weight) => all + weight ** 2, 0);
    }, 0),
  );
  near(importancesOf(graph)['data'], expected);
});

test('a fully connected layer counts the weights of all elements of a channel', () => {
  const graph = networkOf(innerProduct('fc', 'data'));
  const rows = weights(graph, 'fc');
  const expected = [0, 0, 0, 0];
  rows.forEach((weight, i) => (expected[Math.floor((i % 256) / 64)]! += weight ** 2));
  near(importancesOf(graph)['data'], expected);
});

test('the channels of a Concat are those of its operands', () => {
  const graph = networkOf(
    convolution('a', 'data'),
    convolution('b', 'data'),
    concat('both', 'a', 'b'),
    convolution('c', 'both'),
  );
  const { a, b, both } = importancesOf(graph);
  near(a, both?.slice(0, 4) ?? []);
  near(b, both?.slice(4) ?? []);
});

test.run();
