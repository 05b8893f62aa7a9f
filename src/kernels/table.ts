import type { Heap } from './heap.js';
import { channelRows } from './twins/channels.js';
import { compareRows } from './twins/compare.js';
import { depthwiseRows } from './twins/depthwise.js';
import { elementwiseRows } from './twins/elementwise.js';
import { errorRows } from './twins/errors.js';
import { gemmRows } from './twins/gemm.js';
import { gemvRows } from './twins/gemv.js';
import { gridRows } from './twins/grid.js';
import { histogramRows } from './twins/histogram.js';
import { overlayRows } from './twins/overlay.js';
import { packRows } from './twins/pack.js';
import { poolRows } from './twins/pool.js';
import { quantizeRows } from './twins/quantize.js';
import { weightRows } from './twins/weights.js';
import { widenRows } from './twins/widen.js';
import { winogradRows } from './twins/winograd.js';

/** The one table of kernels: every export of the module, its signature, tiles and plain twin. */
export const table = {
  ...packRows,
  ...gemmRows,
  ...histogramRows,
  ...channelRows,
  ...errorRows,
  ...compareRows,
  ...depthwiseRows,
  ...gemvRows,
  ...widenRows,
  ...winogradRows,
  ...weightRows,
  ...gridRows,
  ...overlayRows,
  ...quantizeRows,
  ...poolRows,
  ...elementwiseRows,
};

export type KernelName = keyof typeof table;

type WithoutHeap<F> = F extends (heap: Heap, ...args: infer A) => infer R ? (...args: A) => R : never;

/** The kernels as functions on one heap: addresses in bytes, counts and strides as each row says. */
export type Kernels = { readonly [name in KernelName]: WithoutHeap<(typeof table)[name]['twin']> };
