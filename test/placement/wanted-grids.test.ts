import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { AFTER_POOLING, type Lookahead, ON_ENTRY, wantedGrids } from '../../src/placement/wanted-grids.js';
import { CONVOLUTION, gridEntries, type LayerLine, networkOf, POOL } from './networks.js';

/** The threshold wanted of "pool", an average pooling without an entry, by the layers behind it. */
function wanted(behind: readonly LayerLine[], lookahead: Lookahead): number | undefined {
  const graph = networkOf([
    ['Convolution', 'data', 'conv', CONVOLUTION],
    ['Pooling', 'conv', 'pool', POOL('AVE')],
    ...behind,
  ]);
  const analysis = analyse(graph);
  const entries = gridEntries({ conv: [7, 5], next: [3, 2], after: [4, 1] });
  return wantedGrids(analysis, entries, lookahead)[analysis.output(analysis.indexOf('pool')!)]?.threshold;
}
const both = (...behind: LayerLine[]): (number | undefined)[] => [
  wanted(behind, ON_ENTRY),
  wanted(behind, AFTER_POOLING),
];
const next: LayerLine = ['Convolution', 'before', 'next', CONVOLUTION];

test('the grid is that of the first reader with an entry, in network order, also behind pooling and shape-only layers', () => {
  assert.equal(
    both(['Convolution', 'pool', 'next', CONVOLUTION], ['Convolution', 'pool', 'after', CONVOLUTION]),
    [3, 3],
  );
  assert.equal(both(['Softmax', 'pool', 'host'], ['Convolution', 'pool', 'after', CONVOLUTION]), [4, 4]);
  assert.equal(both(['Pooling', 'pool', 'before', POOL('MAX')], next), [3, 3]);
  assert.equal(both(['Softmax', 'pool', 'host'], ['Convolution', 'host', 'next', CONVOLUTION]), [undefined, undefined]);
});

test('only the output of a pooling takes the threshold of an activation behind it, and none behind an LRN', () => {
  assert.equal(both(['ReLU', 'pool', 'before'], next), [undefined, 3]);
  assert.equal(both(['LRN', 'pool', 'before'], next), [3, undefined]);
});

test('only a value that comes to the overlay takes the grid of an Eltwise; for a pooling the search ends there', () => {
  assert.equal(both(['Eltwise', 'pool pool', 'next'], ['Convolution', 'pool', 'after', CONVOLUTION]), [3, undefined]);
});

test.run();
