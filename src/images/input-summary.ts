import { formatShape } from '../tensor.js';
import type { Preprocessing } from './preprocessing-options.js';

/** What enters a network, of one image. */
export interface InputSummary {
  /** Shape of the network's input without its batch axis. */
  readonly shape: readonly number[];
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
  /** The largest difference of two values of one channel. */
  readonly extent: number;
}

/** The range of one image as the network gets it. `channelAxis`: the axis of `shape` that the channels are on. */
export function summariseInput(data: Float32Array, shape: readonly number[], channelAxis: number): InputSummary {
  const channels = shape[channelAxis] ?? 1;
  const stride = shape.slice(channelAxis + 1).reduce((product, size) => product * size, 1);
  const low = new Float64Array(channels).fill(Infinity);
  const high = new Float64Array(channels).fill(-Infinity);
  let sum = 0;
  for (const [index, value] of data.entries()) {
    const channel = Math.floor(index / stride) % channels;
    sum += value;
    low[channel] = Math.min(low[channel] ?? value, value);
    high[channel] = Math.max(high[channel] ?? value, value);
  }
  return {
    shape,
    least: low.reduce((a, b) => Math.min(a, b), Infinity),
    greatest: high.reduce((a, b) => Math.max(a, b), -Infinity),
    mean: sum / data.length,
    extent: high.reduce((most, value, channel) => Math.max(most, value - (low[channel] ?? value)), 0),
  };
}

/** `input: BGR, 3x224x224, -104 to 151, mean 3.2 (first image)`. `preprocessing`: absent for arrays. */
export function inputLine(summary: InputSummary, preprocessing: Preprocessing | undefined): string {
  const { shape, least, greatest, mean } = summary;
  const order = preprocessing === undefined ? '' : orderOf(preprocessing);
  return `input: ${order}${formatShape(shape)}, ${rounded(least)} to ${rounded(greatest)}, mean ${rounded(mean)} (first image)`;
}

const rounded = (value: number): string => String(Number(value.toPrecision(3)));

function orderOf({ kind, channelSwap }: Preprocessing): string {
  if (kind !== 'image') return '';
  const order = channelSwap.join();
  if (order === '0,1,2') return 'RGB, ';
  if (order === '2,1,0') return 'BGR, ';
  return channelSwap.length === 1 ? 'grey, ' : `channels ${order}, `;
}

/** Beyond this magnitude no network was trained. */
const LARGEST = 10000;
/** A channel that varies by less than this share of its magnitude carries no picture. */
const LEAST_EXTENT = 0.02;

/** Warnings about an input that no network was trained on: a constant, values that hardly differ, values that are too large or too small. */
export function inputWarnings({ least, greatest, extent }: InputSummary): string[] {
  const magnitude = Math.max(Math.abs(least), Math.abs(greatest));
  const range = `from ${rounded(least)} to ${rounded(greatest)}`;
  const hint = 'Check --raw_scale, --mean_value and --input_scale.';
  if (extent === 0)
    return [`warning: every channel of the network's input is constant on the first image (${range}). ${hint}`];
  if (extent < LEAST_EXTENT * magnitude)
    return [
      `warning: the network's input hardly varies on the first image: ${range}, ${rounded(extent)} within a channel. ${hint}`,
    ];
  if (magnitude > LARGEST || magnitude < 1 / LARGEST)
    return [`warning: the network's input runs ${range} on the first image, which no network was trained on. ${hint}`];
  return [];
}
