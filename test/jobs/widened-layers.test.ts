import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { layerWidths } from '../../src/jobs/layer-bits.js';
import { widenableLayers, widenedTogether } from '../../src/jobs/widened-layers.js';
import { CONVOLUTION, networkOf } from '../placement/networks.js';

const graph = networkOf([
  ['Convolution', 'data', 'first', CONVOLUTION],
  ['Convolution', 'first', 'branch', CONVOLUTION],
  ['Eltwise', 'first branch', 'sum'],
  ['ReLU', 'sum', 'relu'],
  ['Convolution', 'relu', 'last', CONVOLUTION],
]);
const widths = { input: 8, params: 8, output: 8 } as const;
const names = (layers: Iterable<number>): string[] =>
  [...layers].sort((a, b) => a - b).map((index) => graph.nodes[index]?.name ?? '');
const indices = (...wanted: string[]): Set<number> =>
  new Set(wanted.map((name) => graph.nodes.findIndex((node) => node.name === name)));

test('layers with weights and Eltwises can have 16 bits', () => {
  assert.equal(names(widenableLayers(graph, { widths, overlay: 'v2' })), ['first', 'branch', 'sum', 'last']);
});

test('on v2 an Eltwise cannot cross widths: its neighbours come with it; a Convolution can', () => {
  const options = { widths, overlay: 'v2' } as const;
  assert.equal(names(widenedTogether(graph, indices('first'), options)), ['first']);
  for (const name of ['branch', 'sum', 'last']) {
    const together = widenedTogether(graph, indices(name), options);
    assert.ok(together.has([...indices(name)][0] ?? -1), name);
    const layerBits = Object.fromEntries(names(together).map((layer) => [layer, 16]));
    assert.not.throws(() => layerWidths(graph, { ...options, layerBits }), name);
  }
  assert.ok(widenedTogether(graph, indices('sum'), options).size > 1);
});

test('no layers stay no layers', () => {
  assert.is(widenedTogether(graph, new Set(), { widths, overlay: 'v2' }).size, 0);
});

test.run();
