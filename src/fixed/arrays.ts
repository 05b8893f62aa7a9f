import { fail } from '../error.js';
import * as layers from './inter-layer.js';
import * as values from './quantize.js';

/** Codes in the smallest typed array that holds them: Int8Array at 8 bits, Int16Array at 16. */
export type Codes = Int8Array | Int16Array;

/** One number for all channels, or one per channel. */
export type PerChannel = number | ArrayLike<number>;

/** Fills an array of codes. The scalar function rejects a width that no overlay has. */
function codes(bw: number, count: number, code: (index: number) => number): Codes {
  const result = bw === 8 ? new Int8Array(count) : new Int16Array(count);
  for (let i = 0; i < count; i++) result[i] = code(i);
  return result;
}

/** The number of channels lists agree on (1 where there are only numbers), which must divide `count`. Throws `data`. */
function channelsOf(where: string, count: number, ...lists: PerChannel[]): number {
  const lengths = lists.flatMap((list) => (typeof list === 'number' ? [] : [list.length]));
  const channels = lengths[0] ?? 1;
  if (lengths.some((length) => length !== channels))
    fail('data', where, `expected lists of one length, one element per channel, got lengths ${lengths.join(', ')}.`);
  if (channels === 0 ? count > 0 : count % channels !== 0)
    fail('data', where, `expected ${channels} channels of equal size, got ${count} values.`);
  return channels;
}

const at = (list: PerChannel, channel: number): number => (typeof list === 'number' ? list : list[channel]!);

/**
 * `quantizeTensor` of each element; rounds towards zero.
 * @param th one threshold for the whole tensor
 * @param bw 8 or 16
 * @param x values, any shape flattened
 */
export function quantizeTensorArray(th: number, bw: number, x: ArrayLike<number>): Codes {
  return codes(bw, x.length, (i) => values.quantizeTensor(th, bw, x[i]!));
}

/**
 * `quantizeWeights` of weights laid out [channel][k]; rounds halves away from zero.
 * @param thParams one threshold per output channel, or one for all
 * @param bw `bw_params`
 * @param x weights
 */
export function quantizeWeightsArray(thParams: PerChannel, bw: number, x: ArrayLike<number>): Codes {
  const size = x.length / channelsOf('quantizeWeights', x.length, thParams);
  return codes(bw, x.length, (i) => values.quantizeWeights(at(thParams, Math.floor(i / size)), bw, x[i]!));
}

/** `quantizeBias` (overlay v2) of each channel's bias; rounds halves away from zero. */
export function quantizeBiasArray(th: number, bw: number, x: ArrayLike<number>): Codes {
  return codes(bw, x.length, (i) => values.quantizeBias(th, bw, x[i]!));
}

/**
 * `quantizeBiasV3` of each channel's bias: whole numbers, as doubles, since 2^31 can come out at 16 bits.
 * @param thParams one threshold per channel, or one for all
 * @param x one bias per channel
 */
export function quantizeBiasV3Array(
  thIn: number,
  thParams: PerChannel,
  bw: number,
  x: ArrayLike<number>,
  bwParams: number = bw,
): Float64Array {
  if (typeof thParams !== 'number' && thParams.length !== x.length)
    fail('data', 'quantizeBiasV3', `expected one threshold per bias, ${x.length}, got ${thParams.length}.`);
  return Float64Array.from(x, (value, c) => values.quantizeBiasV3(thIn, at(thParams, c), bw, value, bwParams));
}

/** `unquantizeTensor` of each code. */
export function unquantizeTensorArray(th: number, bw: number, q: ArrayLike<number>): Float32Array {
  const result = new Float32Array(q.length);
  for (let i = 0; i < q.length; i++) result[i] = values.unquantizeTensor(th, bw, q[i]!);
  return result;
}

/**
 * `interLayerV2` of accumulators laid out [channel][pixels].
 * `pre`, `scale`, `post`: one number per channel, or one for all.
 *
 * @param acc whole numbers below 2^53
 */
export function interLayerV2Array(
  pre: PerChannel,
  scale: PerChannel,
  post: PerChannel,
  bw: number,
  acc: ArrayLike<number>,
): Codes {
  const size = acc.length / channelsOf('interLayerV2', acc.length, pre, scale, post);
  return codes(bw, acc.length, (i) => {
    const c = Math.floor(i / size);
    return layers.interLayerV2(at(pre, c), at(scale, c), at(post, c), bw, acc[i]!);
  });
}

/**
 * `interLayerV3` of accumulators laid out [channel][pixels].
 * `pre`, `scale`, `post`, `bias`: one number per channel, or one for all.
 *
 * @param acc whole numbers below 2^53
 */
export function interLayerV3Array(
  pre: PerChannel,
  scale: PerChannel,
  post: PerChannel,
  bw: number,
  acc: ArrayLike<number>,
  bias: PerChannel,
): Codes {
  const size = acc.length / channelsOf('interLayerV3', acc.length, pre, scale, post, bias);
  return codes(bw, acc.length, (i) => {
    const c = Math.floor(i / size);
    return layers.interLayerV3(at(pre, c), at(scale, c), at(post, c), bw, acc[i]!, at(bias, c));
  });
}

/**
 * `avgPool` of window sums laid out [channel][pixels].
 * `factor`, `shift`: one number per channel, or one for all
 */
export function avgPoolArray(sums: ArrayLike<number>, factor: PerChannel, shift: PerChannel, bw: number): Codes {
  const size = sums.length / channelsOf('avgPool', sums.length, factor, shift);
  return codes(bw, sums.length, (i) => {
    const c = Math.floor(i / size);
    return layers.avgPool(sums[i]!, at(factor, c), at(shift, c), bw);
  });
}
