import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../../src/graph/graph.js';
import { type CalibrateOptions, calibrate } from '../../../src/jobs/calibrate.js';
import { scaleLayers } from '../../../src/jobs/scale.js';
import { verifyEntries } from '../../../src/jobs/verify.js';
import type { LayerCalibration, MultiplierKind, OverlayName } from '../../../src/scaling/index.js';
import type { CauseKind } from '../../../src/verification/verdict/causes.js';
import type { Verdict } from '../../../src/verification/verdict/verdict.js';
import { noise } from '../../cli/fixtures.js';
import { type LayerLine, networkOf } from '../../placement/networks.js';

const SIZE = 8;
const widths = { input: 8, params: 8, output: 8 } as const;
const conv = (outputs: number, kernel = 3): string =>
  `convolution_param { num_output: ${outputs} kernel_size: ${kernel} pad: ${kernel >> 1} }`;
const images = (factor = 1): Float32Array[] =>
  Array.from({ length: 6 }, (_, i) => Float32Array.from(noise(4 * SIZE * SIZE, i + 1), (value) => factor * value));

/** A network with other weights (params 0) or biases (params 1): `change` gets a value, its channel and its place in it. */
function changed(
  graph: Graph,
  name: string,
  param: number,
  change: (value: number, channel: number, place: number) => number,
): Graph {
  const nodes = graph.nodes.map((node) => {
    if (node.name !== name) return node;
    const params = node.params.map((tensor, index) => {
      if (index !== param) return tensor;
      const channels = tensor.shape[0] ?? 1;
      const size = tensor.data.length / channels;
      return { ...tensor, data: tensor.data.map((v, i) => change(v, Math.floor(i / size), i % size)) };
    });
    return { ...node, params };
  });
  return { ...graph, nodes };
}

/** How a network is calibrated and verified. */
interface Setting extends Partial<CalibrateOptions> {
  readonly overlay?: OverlayName;
  readonly multipliers?: MultiplierKind;
  readonly seen?: Float32Array[];
  /** What is done to the thresholds that were found. */
  readonly edit?: (layer: LayerCalibration) => LayerCalibration;
}

async function verdictOf(graph: Graph, setting: Setting = {}): Promise<Verdict> {
  const { overlay = 'v2', multipliers, seen = images(), edit = (layer) => layer, ...options } = setting;
  const layers = await calibrate(graph, { arrays: seen }, { widths, overlay, threads: 1, ...options });
  const entries = scaleLayers(layers.map(edit), { overlay, multipliers });
  const { calibrator } = options;
  const known = typeof calibrator === 'string' ? { calibrator } : {};
  return (await verifyEntries(graph, entries, { arrays: images() }, { overlay, threads: 1, ...known })).verdict;
}

/** Holds that a verdict names a layer, a cause at it, and flags to try. */
function names(verdict: Verdict, layer: string, cause: CauseKind, ...next: string[]): void {
  const kinds = verdict.causes.map(({ kind }) => kind);
  assert.is(verdict.cliff?.layer, layer, `${verdict.grade}: ${kinds.join()}`);
  assert.ok(kinds.includes(cause), `causes ${kinds.join()}`);
  for (const flags of next) assert.ok(verdict.next.includes(flags), `flags ${verdict.next.join()}`);
}

const plain: readonly LayerLine[] = [
  ['Convolution', 'data', 'first', conv(8)],
  ['Convolution', 'first', 'second', conv(8)],
];

test('a whole network is good, without a cliff', async () => {
  const { grade, cliff, causes, next } = await verdictOf(networkOf(plain, SIZE));
  assert.equal([grade, cliff, causes, next], ['good', null, [], []]);
});

test('clipped before scaling: multipliers just above a half of a power of two saturate on v2', async () => {
  // A multiplier of 0.51 * 2^-k leaves 0.51 of the threshold.
  const edit = (layer: LayerCalibration): LayerCalibration => {
    if (layer.name !== 'second') return layer;
    const ratio = layer.th_layer_in / 127 / layer.th_layer_out;
    const th_params = layer.th_params.map((th) => {
      const exact = ratio * th;
      const power = 2 ** Math.ceil(Math.log2(exact));
      return (th * 0.51 * power * 2) / exact;
    });
    return { ...layer, th_params };
  };
  // Each output is one of the inputs, whose values are as often large as small.
  const layers: readonly LayerLine[] = [['Convolution', 'data', 'second', conv(4, 1)]];
  const flat = changed(networkOf(layers, SIZE), 'second', 0, (_, channel, place) => Number(channel === place));
  const verdict = await verdictOf(flat, { edit, multipliers: 'natural', calibrator: 'max' });
  names(verdict, 'second', 'clipped before scaling', '--overlay v3');
});

test('clipped at the threshold: a percentile that is too low', async () => {
  const edit = (layer: LayerCalibration): LayerCalibration =>
    layer.name === 'second' ? { ...layer, th_layer_out: layer.th_layer_out / 6 } : layer;
  for (const [calibrator, next] of [
    ['reference', '--calibrator mse'],
    ['mse', '--calibrator max'],
  ] as const)
    names(await verdictOf(networkOf(plain, SIZE), { edit, calibrator }), 'second', 'clipped at the threshold', next);
});

test('bias beyond the threshold: biases and sums that cancel, on an overlay that adds the bias to a code', async () => {
  // Every input is near 1, so that each sum is near that of its weights, which the bias takes away.
  const constant = images(0.02).map((image) => image.map((value) => 1 + value));
  const summed = changed(networkOf([['Convolution', 'data', 'sum', conv(8, 1)]], SIZE), 'sum', 0, () => 1);
  const cancelled = changed(summed, 'sum', 1, () => -4);
  const of = async (overlay: OverlayName): Promise<Verdict> => {
    const options = { widths, overlay, threads: 1, calibrator: 'max' } as const;
    const entries = scaleLayers(await calibrate(cancelled, { arrays: constant }, options), { overlay });
    const known = { overlay, threads: 1, calibrator: 'max' };
    return (await verifyEntries(cancelled, entries, { arrays: constant }, known)).verdict;
  };
  names(await of('v2'), 'sum', 'bias beyond the threshold', '--overlay v3');
  assert.not.ok((await of('v3')).causes.some(({ kind }) => kind === 'bias beyond the threshold'));
});

test('coarse grid: one channel of weights times 200', async () => {
  const broken = changed(networkOf(plain, SIZE), 'first', 0, (value, channel) => (channel === 3 ? 200 : 1) * value);
  const verdict = await verdictOf(broken);
  names(verdict, 'first', 'coarse grid', '--bitwidths 16,16,16');
  assert.is(verdict.cliff?.channel, 3);
});

test('dead channels: most channels far below the largest', async () => {
  const faded = (value: number, channel: number): number => (channel < 6 ? 1e-4 : 1) * value;
  const broken = changed(changed(networkOf(plain, SIZE), 'first', 0, faded), 'first', 1, faded);
  const verdict = await verdictOf(broken, { calibrator: 'max' });
  names(verdict, 'first', 'dead channels', '--bitwidths 16,16,16');
  assert.is(verdict.causes.find(({ kind }) => kind === 'dead channels')?.amount, 6 / 8);
});

test('fixed average-pooling area: windows that the border clips', async () => {
  const graph = networkOf(
    [plain[0]!, ['Pooling', 'first', 'pool', 'pooling_param { pool: AVE kernel_size: 7 stride: 7 pad: 3 }']],
    SIZE,
  );
  names(await verdictOf(graph), 'pool', 'fixed average-pooling area', "--float_layers 'pool'");
});

test('unequal Concat: an operand 300 times the other', async () => {
  const graph = networkOf(
    [
      ['Convolution', 'data', 'small', conv(8)],
      ['Convolution', 'data', 'large', conv(8)],
      ['Concat', 'small large', 'both'],
      ['Convolution', 'both', 'last', conv(4)],
    ],
    SIZE,
  );
  const unequal = changed(graph, 'large', 0, (value) => 300 * value);
  // What reads the small operand gives it the weight that it lacks.
  const balanced = changed(unequal, 'last', 0, (value) => value);
  const verdict = await verdictOf(balanced);
  assert.is(verdict.cliff?.layer, 'small');
  const cause = verdict.causes.find(({ kind }) => kind === 'unequal Concat');
  assert.ok(cause !== undefined && cause.amount > 100, JSON.stringify(verdict.causes));
  assert.ok(verdict.next.includes('--bitwidths 16,16,16'));
});

test('accumulator overflow: more than 520 products of the largest codes', async () => {
  const side = 16;
  const graph = changed(networkOf([['Convolution', 'data', 'wide', conv(4, 13)]], side), 'wide', 0, () => 1);
  const ones = [new Float32Array(4 * side * side).fill(1)];
  const overlay = 'v3';
  const options = { widths, overlay, threads: 1, calibrator: 'max' } as const;
  const entries = scaleLayers(await calibrate(graph, { arrays: ones }, options), { overlay });
  const { verdict } = await verifyEntries(graph, entries, { arrays: ones }, { overlay, threads: 1 });
  names(verdict, 'wide', 'accumulator overflow', '--bitwidths 16,16,16');
  assert.is(verdict.grade, 'degraded', 'what the board makes of such sums is not emulated');
  // The middle of 16 x 16 sums of up to 13 x 13 x 4 products has more than 520.
  assert.is(verdict.causes.find(({ kind }) => kind === 'accumulator overflow')?.amount, 60 / 256);
});

test('width boundary: 8 bits in and 16 out take a multiplier that v2 does not have', async () => {
  // The largest weight meets an input of 0, and the largest input a weight of 0.
  const weights = [40, 1, 1, 0];
  const graph = changed(
    networkOf([['Convolution', 'data', 'conv', conv(4, 1)]], SIZE),
    'conv',
    0,
    (_v, _c, place) => weights[place] ?? 0,
  );
  const unbiased = changed(graph, 'conv', 1, () => 0);
  const amplitudes = [0, 0.2, 0.2, 1];
  const arrays = images().map((image) => image.map((value, i) => value * (amplitudes[Math.floor(i / SIZE ** 2)] ?? 0)));
  const of = async (output: 8 | 16): Promise<Verdict> => {
    const options = { widths: { ...widths, output }, overlay: 'v2', threads: 1, calibrator: 'max' } as const;
    const entries = scaleLayers(await calibrate(unbiased, { arrays }, options), { overlay: 'v2' });
    return (await verifyEntries(unbiased, entries, { arrays }, { overlay: 'v2', threads: 1 })).verdict;
  };
  names(await of(16), 'conv', 'width boundary');
  assert.is((await of(8)).grade, 'good');
});

test('other input than calibrated on: values beyond the threshold, and far below it', async () => {
  const beyond = await verdictOf(networkOf(plain, SIZE), { seen: images(1 / 255) });
  names(beyond, 'data', 'other input than calibrated on');
  assert.ok(beyond.causes[0]!.amount > 200);
  const below = await verdictOf(networkOf(plain, SIZE), { seen: images(255) });
  names(below, 'data', 'other input than calibrated on');
  assert.ok(below.causes[0]!.amount < 1 / 200);
  assert.equal(below.next, [], 'other flags of quantize do not help');
});

test('an input that is beyond the threshold here and there is warned of, though nothing falls', async () => {
  const options = { widths, overlay: 'v2', threads: 1 } as const;
  const graph = networkOf(plain, SIZE);
  const entries = scaleLayers(await calibrate(graph, { arrays: images() }, options), { overlay: 'v2' });
  const arrays = images().map((image) => image.map((value, i) => (i === 77 ? 2 : value)));
  const heard: string[] = [];
  const hooks = { warn: (line: string) => heard.push(line) };
  const { verdict } = await verifyEntries(graph, entries, { arrays }, { overlay: 'v2', threads: 1 }, hooks);
  assert.is(verdict.cliff, null);
  assert.match(
    heard.join('\n'),
    /^warning: input "data": its largest value is \d\.\d times the threshold .*the calibration saw other images, or other preprocessing\.$/,
  );
});

test.run();
