import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../src/analysis/analysed-graph.js';
import { weightRows } from '../../../src/analysis/weights.js';
import { layerCalibration, overlayLayer } from '../../../src/calibration/layer-search.js';
import { gridStep } from '../../../src/fixed/grid.js';
import { interLayerV2, interLayerV3, quantizeBias, quantizeBiasV3 } from '../../../src/fixed/index.js';
import { buildEntry } from '../../../src/scaling/index.js';
import { convolution, networkOf, reluInPlace } from '../plans.js';
import { batchOf, codes, indexOf, outputOf, raw } from './batches.js';
import { gridCode } from './fake-quantization.js';

const graph = networkOf(convolution('a', 'data'), reluInPlace('r', 'a'));
const network = analyse(graph);
const [node, activation] = [indexOf(graph, 'a'), indexOf(graph, 'r')];
const data = outputOf(graph, 'data');
const bias = network.node(node).params[1]!.data;
const rows = weightRows(network.node(node));
const image = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i * 5) * 3);
const largest = [0, 1, 2, 3].map((c) => Math.fround(Math.max(...rows.subarray(c * 4, c * 4 + 4).map(Math.abs))));
const [thresholdIn, thresholdOut, unit] = [2.5, 1.7, 2 ** -10];
const grid = { threshold: 0, bits: 8 } as const;

const sumOf = (pixel: number, weight: (k: number) => number): number => {
  let sum = 0;
  for (let k = 0; k < 4; k++) sum += gridCode(image[k * 64 + pixel]!, thresholdIn, 8) * weight(k);
  return sum;
};

/** The code that an overlay makes of channel c at a pixel, behind the ReLU. */
function codeOf(overlay: 'v2' | 'v3', thresholds: readonly number[], c: number, pixel: number): number {
  const layer = layerCalibration(network, { node, thresholdIn, largest: thresholds }, thresholdOut);
  const { prescale_shift: pre, scale, postscale_shift: post } = buildEntry(layer, overlay);
  const acc = sumOf(pixel, (k) => gridCode(rows[c * 4 + k]!, thresholds[c]!, 8));
  if (overlay === 'v3') {
    const code = quantizeBiasV3(thresholdIn, thresholds[c]!, 8, bias[c]!);
    return Math.max(0, interLayerV3(pre[c]!, scale[c]!, post[c]!, 8, acc, code));
  }
  const code = interLayerV2(pre[c]!, scale[c]!, post[c]!, 8, acc) + quantizeBias(thresholdOut, 8, bias[c]!);
  return Math.max(0, Math.min(127, code));
}

/** The sum of squared errors of a channel by its definition. */
function errorOf(overlay: 'v2' | 'v3', thresholds: readonly number[], c: number): number {
  let error = 0;
  for (let pixel = 0; pixel < 64; pixel++) {
    const sum = sumOf(pixel, (k) => gridCode(rows[c * 4 + k]!, largest[c]!, 16));
    const result = Math.fround(sum * (gridStep(thresholdIn, 8) * gridStep(largest[c]!, 16)) + bias[c]!);
    const value = codeOf(overlay, thresholds, c, pixel) * gridStep(thresholdOut, 8);
    error += (Math.round(value / unit) - Math.round(Math.max(0, result) / unit)) ** 2;
  }
  return error;
}

for (const overlay of ['v2', 'v3'] as const) {
  test(`${overlay}: the errors of candidates are those of the overlay's scalar arithmetic, at all outputs where they are few`, async () => {
    const { batch } = await batchOf(graph, [image]);
    await batch.run({ do: 'input', node: 0 });
    batch.bind([[0, thresholdIn]]);
    await batch.run({ do: 'round', node: 0, from: raw(data), grid });
    const tried = [largest, largest.map((each) => Math.fround(each * 1.3))];
    const candidates = tried.map((thresholds) => {
      const layer = layerCalibration(network, { node, thresholdIn, largest: thresholds }, thresholdOut);
      const { end } = overlayLayer(network, layer, { node, activation }, overlay);
      return { thresholds, ends: [{ end, step: gridStep(thresholdOut, 8) }] };
    });
    const request = { node, activation, input: codes(data, grid), largest, unit, candidates, isLast: true };
    const expected = tried.flatMap((thresholds) => largest.map((_, c) => errorOf(overlay, thresholds, c)));
    const coarse = { ...request, unit: unit * 8, isLast: false };
    assert.not.equal([...batch.layerErrors(coarse, 1)], expected);
    assert.equal([...batch.layerErrors({ ...request, isLast: false }, 1)], expected);
    const again = { ...request, candidates: candidates.slice(1) };
    assert.equal([...batch.layerErrors(again, 1)], expected.slice(4), 'at the samples that were kept');
    assert.ok(expected.every((error) => error > 0));
  });

  test(`${overlay}: an emulated layer gives the codes of the overlay's scalar arithmetic`, async () => {
    const { batch, stored } = await batchOf(graph, [image]);
    await batch.run({ do: 'input', node: 0 });
    const layer = layerCalibration(network, { node, thresholdIn, largest }, thresholdOut);
    const bound = overlayLayer(network, layer, { node, activation }, overlay);
    batch.bind([
      [0, thresholdIn],
      [1, bound],
      [2, thresholdOut],
    ]);
    await batch.run({ do: 'round', node: 0, from: raw(data), grid });
    const output = { threshold: 2, bits: 8 } as const;
    await batch.run({ do: 'emulate', node, fused: activation, input: codes(data, grid), layer: 1, grid: output });
    const expected = Array.from({ length: 256 }, (_, i) => codeOf(overlay, largest, i >> 6, i & 63));
    assert.equal(stored(0, codes(network.output(activation), output)), expected);
  });
}

test.run();
