import * as scalar from './overlay.js';

/** Codes in the smallest typed array that holds them. */
export type Codes = Int8Array | Int16Array | Int32Array;

const codesOf = (bw: number, count: number): Int8Array | Int16Array => (bw === 8 ? new Int8Array(count) : new Int16Array(count));

/** {@link scalar.quantizeTensor} of each element. Int8Array at 8 bits, else Int16Array. */
export function quantizeTensorArray(th: number, bw: number, x: ArrayLike<number>): Int8Array | Int16Array {
  return codesOf(bw, x.length).map((_, i) => scalar.quantizeTensor(th, bw, x[i]!));
}

/** {@link scalar.quantizeWeights} of weights laid out [channel][k], one threshold per channel. */
export function quantizeWeightsArray(thParams: ArrayLike<number>, bw: number, x: ArrayLike<number>): Int8Array | Int16Array {
  const k = x.length / thParams.length;
  return codesOf(bw, x.length).map((_, i) => scalar.quantizeWeights(thParams[Math.floor(i / k)]!, bw, x[i]!));
}

/** {@link scalar.quantizeBias} of each channel's bias. */
export function quantizeBiasArray(th: number, bw: number, x: ArrayLike<number>): Int8Array | Int16Array {
  return codesOf(bw, x.length).map((_, i) => scalar.quantizeBias(th, bw, x[i]!));
}

/** {@link scalar.quantizeBiasV3} of each channel's bias. */
export function quantizeBiasV3Array(thIn: number, thParams: ArrayLike<number>, bw: number, x: ArrayLike<number>, bwParams: number = bw): Int32Array {
  return Int32Array.from(x, (value, c) => scalar.quantizeBiasV3(thIn, thParams[c]!, bw, value, bwParams));
}

/** {@link scalar.unquantizeTensor} of each code. */
export function unquantizeTensorArray(th: number, bw: number, q: ArrayLike<number>): Float32Array {
  return Float32Array.from(q, (code) => scalar.unquantizeTensor(th, bw, code));
}

/** {@link scalar.interLayerV2} of accumulators laid out [channel][pixels], one triple per channel. */
export function interLayerV2Array(pre: ArrayLike<number>, scale: ArrayLike<number>, post: ArrayLike<number>, bw: number, acc: ArrayLike<number>): Int8Array | Int16Array {
  const pixels = acc.length / scale.length;
  return codesOf(bw, acc.length).map((_, i) => {
    const c = Math.floor(i / pixels);
    return scalar.interLayerV2(pre[c]!, scale[c]!, post[c]!, bw, acc[i]!);
  });
}

/** {@link scalar.interLayerV3} of accumulators laid out [channel][pixels], one triple and one bias code per channel. */
export function interLayerV3Array(pre: ArrayLike<number>, scale: ArrayLike<number>, post: ArrayLike<number>, bw: number, acc: ArrayLike<number>, bias: ArrayLike<number>): Int8Array | Int16Array {
  const pixels = acc.length / scale.length;
  return codesOf(bw, acc.length).map((_, i) => {
    const c = Math.floor(i / pixels);
    return scalar.interLayerV3(pre[c]!, scale[c]!, post[c]!, bw, acc[i]!, bias[c]!);
  });
}

/** {@link scalar.avgPool} of each window sum. */
export function avgPoolArray(sums: ArrayLike<number>, factor: number, shift: number, bw: number): Int8Array | Int16Array {
  return codesOf(bw, sums.length).map((_, i) => scalar.avgPool(sums[i]!, factor, shift, bw));
}
