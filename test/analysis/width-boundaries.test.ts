import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { type OverlayWidths, widthBoundaries } from '../../src/analysis/width-boundaries.js';
import type { BitWidth } from '../../src/fixed/grid.js';
import { type OverlayName, overlayOf } from '../../src/scaling/index.js';
import { CONVOLUTION, networkOf } from '../placement/networks.js';

const graph = networkOf([
  ['Convolution', 'data', 'conv', CONVOLUTION],
  ['Eltwise', 'conv data', 'sum'],
  ['Concat', 'sum conv', 'join'],
]);
const analysis = analyse(graph);

/** The boundaries where values have widths by the layers that write them, and layers those of `layers`. */
function boundaries(
  overlay: OverlayName,
  values: Readonly<Record<string, BitWidth | null>>,
  layers: Readonly<Record<string, OverlayWidths>>,
): string[] {
  const widths = {
    value: (id: number) => values[analysis.node(analysis.writerOf(id)).name] ?? null,
    layer: (index: number) => layers[analysis.node(index).name],
  };
  return widthBoundaries(analysis, widths, overlayOf(overlay)).map(({ key, what }) => `${key} ${what}`);
}

const conv = (input: BitWidth, params: BitWidth, output: BitWidth): OverlayWidths => ({
  input,
  entry: { form: 'Convolution', params, output },
});
const sum = (input: BitWidth, output: BitWidth): OverlayWidths => ({
  input,
  entry: { form: 'Eltwise', params: null, output },
});

test('operands of another width are a boundary where the overlay cannot rescale, each once', () => {
  const values = { data: 8, conv: 16, sum: 16 } as const;
  const layers = { conv: conv(8, 8, 16), sum: sum(16, 16), join: { input: 8, entry: null } as OverlayWidths };
  assert.equal(boundaries('v2', values, layers), [
    'bw_layer_in layer "sum" (Eltwise) reads 16 bits of "data", which has 8',
    'bw_layer_in layer "join" (Concat) reads 8 bits of "sum", which has 16',
    'bw_layer_in layer "join" (Concat) reads 8 bits of "conv", which has 16',
  ]);
  assert.equal(boundaries('v3', values, layers), []);
  assert.equal(
    boundaries('v2', { ...values, data: null }, { conv: conv(8, 8, 16), sum: sum(16, 16) }),
    [],
    'the host has no width',
  );
});

test('a layer that changes the width, or has weights too wide for biases, is one itself', () => {
  assert.equal(boundaries('v2', {}, { conv: conv(16, 16, 8), sum: sum(16, 8) }), [
    'bw_layer_out layer "sum" (Eltwise) reads 16 bits and writes 8',
  ]);
  assert.equal(boundaries('v3', {}, { conv: conv(8, 16, 8), sum: sum(16, 8) }), [
    'bw_params layer "conv" (Convolution) reads 8 bits and has weights of 16',
  ]);
});

test.run();
