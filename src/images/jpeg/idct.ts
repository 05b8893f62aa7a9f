import type { Component } from './frame.js';

/** Samples, 8 bits, row-major; columns beyond the component's width are padding. */
export interface Plane {
  readonly data: Uint8Array;
  readonly stride: number;
}

// The constants of the algorithm of Loeffler, Ligtenberg and Moschytz (1989) in units of 2^-13, as libjpeg's jidctint rounds them.
const F_0_298 = 2446;
const F_0_390 = 3196;
const F_0_541 = 4433;
const F_0_765 = 6270;
const F_0_899 = 7373;
const F_1_175 = 9633;
const F_1_501 = 12299;
const F_1_847 = 15137;
const F_1_961 = 16069;
const F_2_053 = 16819;
const F_2_562 = 20995;
const F_3_072 = 25172;

/**
 * The samples of a component: its coefficients multiplied by the quantization table, transformed back, rounded and moved to 0 ... 255. The
 * same integers as libjpeg's accurate transform (JDCT_ISLOW): columns first, kept with 2 fraction bits, then rows.
 */
export function inverseTransform({ coefficients, quantization, blocksAcross, blocksDown, stride }: Component): Plane {
  const plane = { data: new Uint8Array(blocksAcross * 8 * blocksDown * 8), stride: blocksAcross * 8 };
  const table = Int32Array.from(quantization!);
  const work = new Int32Array(64);
  const clamped = new Uint8ClampedArray(plane.data.buffer);
  for (let y = 0; y < blocksDown; y++) {
    for (let x = 0; x < blocksAcross; x++) {
      const to = y * 8 * plane.stride + x * 8;
      const from = (y * stride + x) * 64;
      for (let column = 0; column < 8; column++) transformColumn(coefficients, from + column, table, column, work);
      for (let row = 0; row < 8; row++) transformRow(work, row * 8, clamped, to + row * plane.stride);
    }
  }
  return plane;
}

function transformColumn(coefficients: Int16Array, from: number, table: Int32Array, column: number, work: Int32Array): void {
  const c1 = coefficients[from + 8]!;
  const c2 = coefficients[from + 16]!;
  const c3 = coefficients[from + 24]!;
  const c4 = coefficients[from + 32]!;
  const c5 = coefficients[from + 40]!;
  const c6 = coefficients[from + 48]!;
  const c7 = coefficients[from + 56]!;
  const in0 = Math.imul(coefficients[from]!, table[column]!);
  if ((c1 | c2 | c3 | c4 | c5 | c6 | c7) === 0) {
    const all = in0 << 2;
    for (let i = column; i < 64; i += 8) work[i] = all;
    return;
  }
  const in1 = Math.imul(c1, table[column + 8]!);
  const in2 = Math.imul(c2, table[column + 16]!);
  const in3 = Math.imul(c3, table[column + 24]!);
  const in4 = Math.imul(c4, table[column + 32]!);
  const in5 = Math.imul(c5, table[column + 40]!);
  const in6 = Math.imul(c6, table[column + 48]!);
  const in7 = Math.imul(c7, table[column + 56]!);

  const shared = Math.imul(in2 + in6, F_0_541);
  const even2 = (shared - Math.imul(in6, F_1_847)) | 0;
  const even3 = (shared + Math.imul(in2, F_0_765)) | 0;
  const even0 = (in0 + in4) << 13;
  const even1 = (in0 - in4) << 13;
  const e0 = (even0 + even3 + 1024) | 0;
  const e3 = (even0 - even3 + 1024) | 0;
  const e1 = (even1 + even2 + 1024) | 0;
  const e2 = (even1 - even2 + 1024) | 0;

  const z5 = Math.imul(in7 + in3 + in5 + in1, F_1_175);
  const z1 = Math.imul(in7 + in1, -F_0_899);
  const z2 = Math.imul(in5 + in3, -F_2_562);
  const z3 = (Math.imul(in7 + in3, -F_1_961) + z5) | 0;
  const z4 = (Math.imul(in5 + in1, -F_0_390) + z5) | 0;
  const o0 = (Math.imul(in7, F_0_298) + z1 + z3) | 0;
  const o1 = (Math.imul(in5, F_2_053) + z2 + z4) | 0;
  const o2 = (Math.imul(in3, F_3_072) + z2 + z3) | 0;
  const o3 = (Math.imul(in1, F_1_501) + z1 + z4) | 0;

  work[column] = (e0 + o3) >> 11;
  work[column + 56] = (e0 - o3) >> 11;
  work[column + 8] = (e1 + o2) >> 11;
  work[column + 48] = (e1 - o2) >> 11;
  work[column + 16] = (e2 + o1) >> 11;
  work[column + 40] = (e2 - o1) >> 11;
  work[column + 24] = (e3 + o0) >> 11;
  work[column + 32] = (e3 - o0) >> 11;
}

/** Half a unit and the level shift of 128, in units of 2^-18. */
const ROUND_AND_SHIFT = (1 << 17) + (128 << 18);

function transformRow(work: Int32Array, from: number, samples: Uint8ClampedArray, to: number): void {
  const in0 = work[from]!;
  const in1 = work[from + 1]!;
  const in2 = work[from + 2]!;
  const in3 = work[from + 3]!;
  const in4 = work[from + 4]!;
  const in5 = work[from + 5]!;
  const in6 = work[from + 6]!;
  const in7 = work[from + 7]!;
  if ((in1 | in2 | in3 | in4 | in5 | in6 | in7) === 0) {
    samples.fill(((in0 + 16) >> 5) + 128, to, to + 8);
    return;
  }
  const shared = Math.imul(in2 + in6, F_0_541);
  const even2 = (shared - Math.imul(in6, F_1_847)) | 0;
  const even3 = (shared + Math.imul(in2, F_0_765)) | 0;
  const even0 = (((in0 + in4) << 13) + ROUND_AND_SHIFT) | 0;
  const even1 = (((in0 - in4) << 13) + ROUND_AND_SHIFT) | 0;
  const e0 = (even0 + even3) | 0;
  const e3 = (even0 - even3) | 0;
  const e1 = (even1 + even2) | 0;
  const e2 = (even1 - even2) | 0;

  const z5 = Math.imul(in7 + in3 + in5 + in1, F_1_175);
  const z1 = Math.imul(in7 + in1, -F_0_899);
  const z2 = Math.imul(in5 + in3, -F_2_562);
  const z3 = (Math.imul(in7 + in3, -F_1_961) + z5) | 0;
  const z4 = (Math.imul(in5 + in1, -F_0_390) + z5) | 0;
  const o0 = (Math.imul(in7, F_0_298) + z1 + z3) | 0;
  const o1 = (Math.imul(in5, F_2_053) + z2 + z4) | 0;
  const o2 = (Math.imul(in3, F_3_072) + z2 + z3) | 0;
  const o3 = (Math.imul(in1, F_1_501) + z1 + z4) | 0;

  samples[to] = (e0 + o3) >> 18;
  samples[to + 7] = (e0 - o3) >> 18;
  samples[to + 1] = (e1 + o2) >> 18;
  samples[to + 6] = (e1 - o2) >> 18;
  samples[to + 2] = (e2 + o1) >> 18;
  samples[to + 5] = (e2 - o1) >> 18;
  samples[to + 3] = (e3 + o0) >> 18;
  samples[to + 4] = (e3 - o0) >> 18;
}
