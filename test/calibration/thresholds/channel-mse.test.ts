import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CHANNEL_BINS,
  type ChannelHistograms,
  channelThreshold,
} from '../../../src/calibration/thresholds/channel-mse.js';
import { Random } from '../../fixed/random.js';

const random = new Random(3);
const MAX = 4;
const WIDTH = MAX / CHANNEL_BINS;
const clip = (value: number, threshold: number): number => Math.max(-threshold, Math.min(threshold, value));

/** Few elements of three channels in random bins, some in the last. */
function histograms(isPositive: boolean, bias: readonly number[] | null, slopes: readonly number[]): ChannelHistograms {
  const bins = isPositive ? CHANNEL_BINS : 2 * CHANNEL_BINS;
  const counts = new Float64Array(3 * bins);
  for (let i = 0; i < 60; i++)
    counts[random.whole(3) * bins + bins / 2 + Math.floor(random.whole(bins / 2) / (1 + (i % 4)))]!++;
  counts[bins - 1]!++;
  return { channels: 3, counts, low: isPositive ? 0 : -MAX, bias, slopes, importance: null };
}

/** What the overlay makes of a result: the bias is added to a clipped sum. Below zero the slope multiplies both. */
function onOverlay(result: number, bias: number, threshold: number): number {
  return clip(clip(result - bias, threshold) + clip(bias, threshold), threshold);
}

/** What a threshold's codes lose of a bias that it does not clip. */
function roundingOf(bias: number, threshold: number): number {
  const clipped = clip(bias, threshold);
  return clipped - (Math.sign(clipped) * Math.round((Math.abs(clipped) * 127) / threshold) * threshold) / 127;
}

/** The error of a threshold by its definition, element after element. */
function errorOf(layers: readonly ChannelHistograms[], threshold: number): number {
  let error = 0;
  for (const { counts, channels, low, bias, slopes } of layers) {
    const bins = counts.length / channels;
    for (let i = 0; i < counts.length; i++) {
      const t = low + ((i % bins) + 0.5) * WIDTH;
      const b = (bias?.[Math.floor(i / bins)] ?? 0) * (t < 0 ? (slopes[0] ?? 1) : 1);
      const isWhole = Math.max(Math.abs(t), Math.abs(t - b), Math.abs(b)) <= threshold;
      error += counts[i]! * (isWhole ? (threshold / 127) ** 2 / 12 : (onOverlay(t, b, threshold) - t) ** 2);
      error += counts[i]! * roundingOf(b, threshold) ** 2;
    }
  }
  return error;
}

/** The candidates, as docs/spec/quantizer.md, section 3.10 lists them. */
function candidates(layers: readonly ChannelHistograms[]): number[] {
  const list = Array.from({ length: CHANNEL_BINS - 31 }, (_, i) => WIDTH * (i + 32));
  const biases = layers.flatMap(({ bias }) => Array.from(bias ?? [], Math.abs));
  const most = Math.max(0, ...biases);
  for (let t = MAX * 1.06; most > 0 && t < (MAX + most) * 1.06; t *= 1.06) list.push(t);
  return list;
}

const kinds: readonly (readonly [string, () => ChannelHistograms[]])[] = [
  ['results of a ReLU', () => [histograms(true, null, [0])]],
  ['results of both signs', () => [histograms(false, null, [1])]],
  ['biases that the overlay adds to codes', () => [histograms(true, [1.5, -2, 6], [0])]],
  ['biases behind a leaky ReLU', () => [histograms(false, [3, -5, 0.25], [0.125])]],
  ['two layers of a Concat', () => [histograms(true, [7, 0, -1], [0]), histograms(false, null, [1])]],
];

for (const [name, make] of kinds) {
  test(`${name}: the threshold has the least error of all candidates, by brute force`, () => {
    for (let run = 0; run < 12; run++) {
      const layers = make();
      const errors = candidates(layers).map((threshold) => errorOf(layers, threshold));
      const least = Math.min(...errors);
      const found = channelThreshold(layers, MAX);
      assert.ok(errorOf(layers, found) <= least * (1 + 1e-9), `${found}: ${errorOf(layers, found)}, least ${least}`);
    }
  });
}

test('of thresholds that round alike, one is found whose codes hold the bias', () => {
  const counts = new Float64Array(CHANNEL_BINS).fill(20, 1, 400);
  const layer = { channels: 1, counts, low: 0, slopes: [0], importance: null };
  const plain = channelThreshold([{ ...layer, bias: null }], MAX);
  for (const codes of [3.5, 7.5, 20.5]) {
    const bias = (-codes * plain) / 127;
    const found = channelThreshold([{ ...layer, bias: [bias] }], MAX);
    assert.ok(
      roundingOf(bias, found) ** 2 < roundingOf(bias, plain) ** 2 / 4,
      `${codes} codes: ${found}, not ${plain}`,
    );
  }
});

test('a channel that is more important draws the threshold to itself', () => {
  const counts = new Float64Array(2 * CHANNEL_BINS);
  counts.fill(100, 1, 60);
  counts[2 * CHANNEL_BINS - 1] = 1;
  const layer = { channels: 2, counts, low: 0, bias: null, slopes: [0] };
  const [small, large] = [
    [1, 1e-6],
    [1e-6, 1],
  ].map((importance) => channelThreshold([{ ...layer, importance }], MAX));
  assert.ok(small! < MAX / 4 && large! > MAX * 0.95, `${small}, ${large}`);
});

test.run();
