import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Emulator } from '../../../src/emulator/emulator.js';
import { avgPool, quantizeTensor, quantizeWeights } from '../../../src/fixed/index.js';
import { calibrate } from '../../../src/jobs/calibrate.js';
import { scaleLayers } from '../../../src/jobs/scale.js';
import { createEngine } from '../../../src/kernels/engine.js';
import { type Overlay, overlayOf, type ScalingEntry } from '../../../src/scaling/index.js';
import { limits } from '../../../src/scaling/overlays/overlay.js';
import { checkScaling, fixScaling } from '../../../src/scaling-file/check.js';
import { rescale } from '../../../src/scaling-file/rescale.js';
import { averagePoolingFaults } from '../../../src/verification/pooling-error.js';
import { Verifier } from '../../../src/verification/verifier.js';
import { Random } from '../../fixed/random.js';
import { networkOf, POOL } from '../../placement/networks.js';

/**
 * An overlay that is not in the list: 12 bits of scale, a bias in quarters of an accumulator of 20 bits, which is shifted and
 * clamped to 18 bits before it is scaled.
 */
const row = limits(6, 12, 20);
const wide = { 8: row, 16: row };
const interLayer = {
  biasStage: 'accumulator',
  biasShift: 2,
  usesPrescale: true,
  prescaledBits: 18,
  accumulatorBits: 20,
} as const;
const another: Overlay = {
  name: 'another',
  limits: {
    Convolution: wide,
    Deconvolution: wide,
    InnerProduct: wide,
    Scale: wide,
    Eltwise: wide,
    AveragePooling: wide,
    Rescaling: wide,
  },
  largestScale: 2 ** 11,
  hasPoolingEntries: true,
  interLayer: { 8: interLayer, 16: interLayer },
  biasCode: ({ input, params }, bias) => Math.round(bias / ((input.threshold / 127) * (params.threshold / 127)) / 4),
  largestBias: { 8: 2 ** 17, 16: 2 ** 17 },
};

const SIZE = 6;
const graph = networkOf(
  [
    ['Convolution', 'data', 'conv', 'convolution_param { num_output: 5 kernel_size: 1 }'],
    ['ReLU', 'conv', 'relu'],
    ['Pooling', 'relu', 'pool', POOL('AVE', 3)],
    ['Convolution', 'pool', 'last', 'convolution_param { num_output: 3 kernel_size: 2 }'],
  ],
  SIZE,
);
const random = new Random(5);
const image = Float32Array.from({ length: 4 * SIZE * SIZE }, () => random.float(-3, 5));
const layers = await calibrate(
  graph,
  { arrays: [image] },
  {
    widths: { input: 8, params: 8, output: 8 },
    threads: 1,
  },
);
const entriesFor = (overlay: 'v2' | 'v3' | Overlay): ScalingEntry[] =>
  scaleLayers(layers, { overlay, multipliers: 'natural' });
const entries = entriesFor(another);
const named = (name: string): ScalingEntry => entries.find((entry) => entry.name === name)!;

test('triples are decomposed within its limits, and average pooling has an entry', () => {
  assert.equal(
    entries.map(({ name }) => name),
    ['conv', 'pool', 'last'],
  );
  for (const { prescale_shift, scale, postscale_shift } of entries) {
    assert.ok(prescale_shift.every((shift) => shift <= 6) && postscale_shift.every((shift) => shift <= 20));
    assert.ok(
      scale.every((value) => value >= 2 ** 10 && value <= 2 ** 11),
      'as long as 12 bits allow',
    );
  }
});

test('its files are checked and repaired by its limits', () => {
  assert.equal(checkScaling(entries, { overlay: another, graph }), []);
  assert.ok(checkScaling(entries, { overlay: 'v3', graph }).some(({ severity }) => severity === 'fault'));
  const broken = entries.map((entry) => ({ ...entry, scale: entry.scale.map((value) => value + 1) }));
  assert.equal(fixScaling(broken, { overlay: another, graph }), entries);
  const withoutPool = entries.filter(({ name }) => name !== 'pool');
  assert.equal(
    checkScaling(withoutPool, { overlay: another, graph }).map(({ entry, severity }) => [entry, severity]),
    [['pool', 'warning']],
  );
});

test('files are rescaled for it and from it', () => {
  for (const other of ['v2', 'v3'] as const) {
    assert.equal(rescale(entriesFor(other), other, { overlay: another }, graph), entries);
    assert.equal(rescale(entries, another, { overlay: other }, graph), entriesFor(other));
  }
});

/** `interLayer` of this overlay, by its definition: a right shift rounds half up. */
function codeOf(
  acc: number,
  bias: number,
  { prescale_shift, scale, postscale_shift }: ScalingEntry,
  c: number,
): number {
  const shifted = (value: number, shift: number): number => Math.floor(value / 2 ** shift + (shift > 0 ? 0.5 : 0));
  const clamped = (value: number, bits: number): number =>
    Math.max(-(2 ** (bits - 1)), Math.min(2 ** (bits - 1) - 1, value));
  const prescaled = clamped(shifted(acc + 4 * bias, prescale_shift[c]!), 18);
  return clamped(shifted(prescaled * scale[c]!, postscale_shift[c]!), 8);
}

/** Codes of the first layer and its activation, and sums beyond 20 bits. */
function firstLayer(): { codes: number[]; beyond: number } {
  const entry = named('conv');
  const { params } = graph.nodes.find(({ name }) => name === 'conv')!;
  const [weights, biases] = params as unknown as [{ data: Float32Array }, { data: Float32Array }];
  const pixels = SIZE * SIZE;
  const input = Array.from(image, (x) => quantizeTensor(entry.th_layer_in, 8, x));
  const codes: number[] = [];
  let beyond = 0;
  for (const [c, threshold] of entry.th_params!.entries()) {
    const bias = Math.round(biases.data[c]! / ((entry.th_layer_in / 127) * (threshold / 127)) / 4);
    for (let pixel = 0; pixel < pixels; pixel++) {
      const acc = [0, 1, 2, 3].reduce(
        (sum, k) => sum + input[k * pixels + pixel]! * quantizeWeights(threshold, 8, weights.data[c * 4 + k]!),
        0,
      );
      if (acc < -(2 ** 19) || acc >= 2 ** 19) beyond++;
      codes.push(Math.max(0, codeOf(acc, bias, entry, c)));
    }
  }
  return { codes, beyond };
}

test('it is emulated by its bias, clamp and accumulator, counted or not', async () => {
  const { codes, beyond } = firstLayer();
  assert.ok(new Set(codes).size > 20, 'codes of many sizes');
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const [relu, pool] = ['relu', 'pool'].map((name) => graph.nodes.find((node) => node.name === name)!.outputs[0]!);
  for (const [simd, count] of [
    ['wasm', true],
    ['wasm', false],
    ['twin', false],
  ] as const) {
    const emulator = new Emulator(await createEngine({ simd }), graph, byName, another, { count });
    const seen = new Map<number, number[]>();
    emulator.run([image], new Set([relu!, pool!]), (id, { tensor }) => seen.set(id, [...tensor.data]));
    assert.equal(seen.get(relu!), codes);
    const averaged = seen.get(pool!)!.map((_, i) => {
      const [c, y, x] = [Math.floor(i / 4), Math.floor(i / 2) % 2, i % 2];
      const window = Array.from(
        { length: 9 },
        (_each, k) => codes[c * 36 + (3 * y + Math.floor(k / 3)) * 6 + 3 * x + (k % 3)]!,
      );
      const sum = window.reduce((total, code) => total + code, 0);
      return avgPool(sum, named('pool').scale[c]!, named('pool').postscale_shift[c]!, 8);
    });
    assert.equal(seen.get(pool!), averaged);
    if (count)
      assert.is(
        emulator.counters!.layers.get('conv')!.beyond.reduce((a, b) => a + b, 0),
        beyond,
      );
  }
});

test('it is verified: bounds of the accumulator and losses of average pooling are its own', async () => {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const canOverflow = async (overlay: Overlay): Promise<(boolean | undefined)[]> =>
    new Verifier(await createEngine(), graph, byName, overlay, true)
      .describe(true)
      .filter(({ bounds }) => bounds !== null)
      .map(({ bounds }) => bounds?.canOverflow);
  const narrow = { ...another, interLayer: { ...another.interLayer, 8: { ...interLayer, accumulatorBits: 12 } } };
  assert.equal(await canOverflow(narrow), [true, true]);
  assert.equal(await canOverflow(overlayOf('v3')), [false, false]);
  assert.equal(averagePoolingFaults(graph, entries, another), []);
});

test.run();
