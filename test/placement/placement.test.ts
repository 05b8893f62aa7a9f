import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../src/graph/graph.js';
import { type Placement, placementOf } from '../../src/placement/placement.js';
import type { Entries } from '../../src/placement/wanted-grids.js';
import { CONVOLUTION, gridEntries, networkOf, POOL } from './networks.js';

/** For each layer its threshold in codes, `float`, or `float` with the threshold that passed through. */
function described(graph: Graph, entries: Entries): Record<string, string | number> {
  const { analysis, values } = placementOf(graph, entries);
  return Object.fromEntries(
    graph.nodes.map(({ name }, index) => {
      const { kind, grid } = values[analysis.output(index)]!;
      return [name, kind === 'codes' ? grid.threshold : grid === null ? 'float' : `float ${grid.threshold}`];
    }),
  );
}
const named = ({ analysis }: Placement, name: string): number => analysis.indexOf(name)!;

test('codes are on the grid of the entry that wrote them, and pass through pooling, activations and shape-only layers', () => {
  const graph = networkOf([
    ['Convolution', 'data', 'conv', CONVOLUTION],
    ['ReLU', 'conv', 'relu'],
    ['Pooling', 'relu', 'max', POOL('MAX')],
    ['Pooling', 'max', 'average', POOL('AVE')],
    ['Flatten', 'average', 'flat'],
  ]);
  assert.equal(described(graph, gridEntries({ conv: [7, 5] })), {
    data: 7,
    conv: 5,
    relu: 5,
    max: 5,
    average: 5,
    flat: 5,
  });
  const pooled = described(graph, gridEntries({ conv: [7, 5], average: [5, 4] }));
  assert.equal([pooled['max'], pooled['average'], pooled['flat']], [5, 4, 4], 'an entry of an average pooling counts');
});

test('an input is on the grid of its first reader with an entry, seen through what keeps a threshold; else it stays float32', () => {
  const layers = [
    ['Pooling', 'data', 'pool', POOL('MAX')],
    ['Convolution', 'pool', 'conv', CONVOLUTION],
  ] as const;
  assert.is(described(networkOf(layers), gridEntries({ conv: [7, 5] }))['data'], 7);
  const activated = networkOf([
    ['ReLU', 'data', 'relu'],
    ['Convolution', 'relu', 'conv', CONVOLUTION],
  ]);
  const found = described(activated, gridEntries({ conv: [7, 5] }));
  assert.equal([found['data'], found['relu'], found['conv']], ['float', 'float', 5], 'not through an activation');
  const placement = placementOf(activated, gridEntries({ conv: [7, 5] }));
  assert.is(placement.enteringGrid(placement.analysis.output(named(placement, 'relu')))!.threshold, 7);
});

test('layers of the host and everything that reads only their results are float32; a grid passes through an LRN', () => {
  const graph = networkOf([
    ['Convolution', 'data', 'conv', CONVOLUTION],
    ['LRN', 'conv', 'lrn'],
    ['Pooling', 'lrn', 'pool', POOL('MAX')],
    ['InnerProduct', 'pool', 'fc', 'inner_product_param { num_output: 3 }'],
    ['ReLU', 'fc', 'relu'],
    ['Softmax', 'relu', 'probabilities'],
  ]);
  assert.equal(described(graph, gridEntries({ conv: [7, 5] })), {
    data: 7,
    conv: 5,
    lrn: 'float 5',
    pool: 5,
    fc: 'float',
    relu: 'float',
    probabilities: 'float',
  });
  const found = described(graph, gridEntries({ conv: [7, 5], fc: [5, 3] }));
  assert.equal([found['fc'], found['relu'], found['probabilities']], [3, 3, 'float']);
});

test('a Concat is on the grid that its first reader with an entry wants, else on that of its first operand', () => {
  const branches = [
    ['Convolution', 'data', 'a', CONVOLUTION],
    ['Convolution', 'data', 'b', CONVOLUTION],
    ['Concat', 'a b', 'joined'],
  ] as const;
  const entries = { a: [7, 5], b: [7, 6] } as const;
  assert.is(described(networkOf(branches), gridEntries(entries))['joined'], 5);
  const read = networkOf([
    ...branches,
    ['Pooling', 'joined', 'pool', POOL('MAX')],
    ['Convolution', 'pool', 'c', CONVOLUTION],
  ]);
  assert.is(described(read, gridEntries({ ...entries, c: [9, 8] }))['joined'], 9);
});

test('a layer that needs an entry and has none is named', () => {
  const graph = networkOf([
    ['Convolution', 'data', 'a', CONVOLUTION],
    ['Convolution', 'a', 'b', CONVOLUTION],
    ['Eltwise', 'a b', 'sum'],
  ]);
  const missing = /layer "(\w+)" \((\w+)\): expected an entry of its name in the scaling file, got none/;
  assert.throws(() => placementOf(graph, gridEntries({ a: [7, 5], sum: [5, 4] })), missing);
  assert.throws(() => placementOf(graph, gridEntries({ a: [7, 5], b: [5, 6] })), /layer "sum" \(Eltwise\)/);
  const wrong = gridEntries({ a: [7, 5], b: [5, 6], sum: [5, 4] }, 7);
  assert.throws(() => placementOf(graph, wrong), /expected a bit width of 8 or 16, got 7/);
});

test('an activation is computed with the layer that accumulates; that layer has a result of its own only where it is read', () => {
  const graph = networkOf([
    ['Convolution', 'data', 'conv', CONVOLUTION],
    ['ReLU', 'conv', 'relu'],
    ['Convolution', 'relu', 'other', CONVOLUTION],
    ['PReLU', 'other', 'prelu'],
    ['Eltwise', 'prelu other', 'sum'],
    ['Pooling', 'sum', 'pool', POOL('MAX')],
    ['ReLU', 'pool', 'last'],
  ]);
  const placement = placementOf(graph, gridEntries({ conv: [7, 5], other: [5, 6], sum: [6, 4] }));
  const output = (name: string): number => placement.analysis.output(named(placement, name));
  const accumulating = (name: string): number | null => placement.accumulatingLayer(named(placement, name));
  assert.equal(['relu', 'prelu', 'last', 'conv'].map(accumulating), [
    named(placement, 'conv'),
    named(placement, 'other'),
    null,
    null,
  ]);
  const targets = (name: string): unknown[] =>
    placement.targetsOf(named(placement, name)).map(({ value, activation }) => [value, activation]);
  assert.equal(targets('conv'), [[output('relu'), named(placement, 'relu')]]);
  assert.equal(targets('other'), [
    [output('other'), null],
    [output('prelu'), named(placement, 'prelu')],
  ]);
  assert.equal(
    ['conv', 'relu', 'other', 'sum', 'pool'].map((name) => placement.isComputed(output(name))),
    [false, true, true, true, true],
  );
});

test.run();
