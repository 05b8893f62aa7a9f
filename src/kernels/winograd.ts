import { boundSums, largestCode, type Codes } from './codes.js';
import type { Engine } from './engine.js';
import type { Epilogue } from './epilogue.js';
import { activationStrides, pixels, type ConvolutionGeometry } from './geometry.js';
import { aligned, type Addresses, type Lowering } from './lowering.js';

/** Transformed patches of a strip stay in the second-level cache, products of a block of channels beside them. */
const STRIP_BYTES = 384 * 1024;
const PRODUCT_BYTES = 128 * 1024;
/** Planes that lie a power of two apart would share the cache's sets. */
const SKEW = 64;
/** Where the kernels of 36 planes turn a patch. */
const WORK_BYTES = 576;

/** Outputs per tile and dimension, and the elements of a patch they need. */
interface Form {
  readonly size: 2 | 4;
  readonly patch: 4 | 6;
  /** One dimension of the weights' transform, in whole numbers. */
  readonly weights: readonly (readonly [number, number, number])[];
  /** What the largest weight and the bound of the sums must stay below, so that int16 and int32 hold them. */
  readonly largest: number;
  readonly bound: number;
}

/** 16 products for 4 outputs: transformed weights are up to 9 times the largest, results 4 times the sums. */
const TWO: Form = { size: 2, patch: 4, weights: [[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]], largest: 2 ** 15 / 9, bound: 2 ** 29 };
/** 36 products for 16 outputs: transformed weights are up to 49 times the largest, results 64 times the sums (times 9, modulo 2^32). */
const FOUR: Form = {
  size: 4, patch: 6, weights: [[1, 0, 0], [-1, -1, -1], [-1, 1, -1], [1, 2, 4], [1, -2, 4], [0, 0, 1]], largest: 2 ** 15 / 49, bound: 2 ** 25,
};

/** Fewer pixels in a row or column than this leave too many of the larger tiles empty. */
const LEAST_FOR_FOUR = 12;

/** Sizes of a transformed convolution, and byte offsets into constants and scratch. */
interface Parts {
  readonly form: Form;
  readonly geometry: ConvolutionGeometry;
  /** Channels of a group: in, pairs of them, out, out in whole blocks of 4, and how many of these at a time. */
  readonly channels: number;
  readonly pairs: number;
  readonly rows: number;
  readonly blockedRows: number;
  readonly block: number;
  /** Rows and columns of tiles, rows of a strip. */
  readonly tileRows: number;
  readonly tileColumns: number;
  readonly stripRows: number;
  readonly rowBytes: number;
  readonly planeBytes: number;
  /** One of the planes (16 or 36): of the weights of a group, of patches, of products. */
  readonly weightPlane: number;
  readonly patchPlane: number;
  readonly productPlane: number;
  readonly work: number;
  readonly patches: number;
  readonly products: number;
  readonly sums: number;
}

/**
 * The form that serves `lowerWinogradI32`, if one does: 3 x 3, stride and dilation 1, int8 codes, enough channels that
 * the transforms are cheap beside the products, and weights and sums within the form's limits.
 */
export function winogradForm(geometry: ConvolutionGeometry, weights: Codes, inputBits: number): Form | undefined {
  const { kernel, stride, dilation, output, group, inChannels, outChannels } = geometry;
  const plain = [...stride, ...dilation].every((size) => size === 1) && kernel[0] === 3 && kernel[1] === 3;
  const wide = inChannels / group >= 8 && outChannels / group >= 8 && output[0] >= 3 && output[1] >= 5;
  if (!plain || !wide || inputBits !== 8) return undefined;
  const [largest, bound] = [largestCode(weights), boundSums(weights, outChannels, inputBits)];
  const fits = (form: Form): boolean => largest < form.largest && bound < form.bound;
  if (Math.min(...output) >= LEAST_FOR_FOUR && fits(FOUR)) return FOUR;
  return fits(TWO) ? TWO : undefined;
}

function partsOf(geometry: ConvolutionGeometry, form: Form): Parts {
  const { size, patch } = form;
  const channels = geometry.inChannels / geometry.group;
  const pairs = Math.ceil(channels / 2);
  const rows = geometry.outChannels / geometry.group;
  const blockedRows = Math.ceil(rows / 4) * 4;
  const [tileRows, tileColumns] = [Math.ceil(geometry.output[0] / size), Math.ceil(geometry.output[1] / size)];
  const fitting = Math.max(1, Math.min(tileRows, Math.floor(STRIP_BYTES / (patch ** 2 * pairs * tileColumns * 4))));
  const stripRows = Math.ceil(tileRows / Math.ceil(tileRows / fitting));
  const tiles = stripRows * tileColumns;
  const block = Math.min(blockedRows, Math.max(4, Math.floor(PRODUCT_BYTES / (patch ** 2 * tiles * 4) / 4) * 4));
  const rowBytes = size * (tileColumns + 1) * 4;
  const planeBytes = (size * tileRows + 2) * rowBytes;
  const patchPlane = Math.ceil(tiles / 8) * pairs * 32 + SKEW;
  const productPlane = aligned(block * tiles * 4) + SKEW;
  const work = aligned(geometry.group * pairs * planeBytes + SKEW);
  const patches = work + WORK_BYTES;
  const products = patches + aligned(patch ** 2 * patchPlane);
  return {
    form, geometry, channels, pairs, rows, blockedRows, block, tileRows, tileColumns, stripRows, rowBytes, planeBytes,
    weightPlane: blockedRows * pairs * 4, patchPlane, productPlane, work, patches, products, sums: products + aligned(patch ** 2 * productPlane),
  };
}

/**
 * Exact int32 sums as `lowerAccumulateI32` gives them, by Winograd's transform: all in whole numbers, modulo 2^32, so
 * they are the same; with 16 products where the definition has 36, or 36 for 144. Or what `epilogue` makes of them.
 */
export function lowerWinogradI32(geometry: ConvolutionGeometry, weights: Codes, form: Form, epilogue?: Epilogue): Lowering {
  const parts = partsOf(geometry, form);
  const bytes = geometry.group * form.patch ** 2 * parts.weightPlane;
  const constants = aligned(bytes);
  const strip = aligned(parts.block * form.size * parts.stripRows * geometry.output[1] * 4);
  return {
    constants: constants + (epilogue?.constants ?? 0),
    scratch: parts.sums + (epilogue === undefined ? 0 : strip),
    prepare(engine, at) {
      transformWeights(parts, weights, engine.heap.i16(at, bytes / 2));
      epilogue?.prepare(engine, at + constants);
    },
    run(engine, at) {
      for (let group = 0; group < geometry.group; group++) runGroup(engine, at, parts, group, epilogue, at.constants + constants);
    },
  };
}

/** The transform of 3 x 3 taps, to planes [block][pair][row][2]. */
function transformWeights({ form, geometry, channels, pairs, rows, weightPlane }: Parts, weights: Codes, to: Int16Array): void {
  to.fill(0);
  const plane = weightPlane / 2;
  const { patch } = form;
  const matrix = Int32Array.from(form.weights.flat());
  // The vertical transform of a patch, [row][tap].
  const down = new Int32Array(patch * 3);
  for (let channel = 0; channel < geometry.outChannels; channel++) {
    const row = channel % rows;
    const block = Math.floor(channel / rows) * patch * patch * plane + (row >> 2) * pairs * 8 + (row & 3) * 2;
    for (let k = 0; k < channels; k++) {
      const taps = (channel * channels + k) * 9;
      const target = block + (k >> 1) * 8 + (k & 1);
      for (let i = 0; i < down.length; i++) {
        const [m, tap] = [i - (i % 3), taps + (i % 3)];
        down[i] = matrix[m]! * weights[tap]! + matrix[m + 1]! * weights[tap + 3]! + matrix[m + 2]! * weights[tap + 6]!;
      }
      for (let i = 0; i < patch * patch; i++) {
        const [y, x] = [Math.floor(i / patch) * 3, (i % patch) * 3];
        to[target + i * plane] = matrix[x]! * down[y]! + matrix[x + 1]! * down[y + 1]! + matrix[x + 2]! * down[y + 2]!;
      }
    }
  }
}

function runGroup(engine: Engine, at: Addresses, parts: Parts, group: number, epilogue: Epilogue | undefined, constants: number): void {
  const { form: { size, patch }, geometry, channels, pairs, tileRows, tileColumns, stripRows, rowBytes, planeBytes } = parts;
  const { kernels } = engine;
  const { inChannels, input, layout, pad } = geometry;
  const planes = at.scratch + group * pairs * planeBytes;
  const strides = activationStrides(inChannels, input, layout, 1);
  const source = at.inputs[0]! + group * channels * strides[0];
  kernels.pad_i8(source, planes, channels, ...strides, ...input, pad[0], pad[1], size * tileRows + 2, tileColumns + 1, 1, size, size);
  for (let tileRow = 0; tileRow < tileRows; tileRow += stripRows) {
    const tiles = Math.min(stripRows, tileRows - tileRow) * tileColumns;
    const from = [planes + size * tileRow * rowBytes, planeBytes, rowBytes, rowBytes / size] as const;
    const to = [at.scratch + parts.patches, parts.patchPlane, pairs, tiles, tileColumns] as const;
    if (patch === 4) kernels.winograd_input_i16(...from, ...to);
    else kernels.winograd4_input_i16(...from, at.scratch + parts.work, ...to);
    for (let row = 0; row < parts.rows; row += parts.block) runBlock(engine, at, parts, group, tileRow, tiles, row, epilogue, constants);
  }
}

/** The outputs of one strip of tiles for one block of channels. */
function runBlock(
  engine: Engine, at: Addresses, parts: Parts, group: number, tileRow: number, tiles: number, row: number, epilogue: Epilogue | undefined, constants: number,
): void {
  const { form: { size, patch }, geometry, pairs, tileColumns, productPlane } = parts;
  const { kernels } = engine;
  const [height, width] = geometry.output;
  const rows = Math.min(parts.block, parts.rows - row);
  const products = at.scratch + parts.products;
  for (let plane = 0; plane < patch ** 2; plane++) {
    const a = at.constants + (group * patch ** 2 + plane) * parts.weightPlane + row * pairs * 4;
    const b = at.scratch + parts.patches + plane * parts.patchPlane;
    kernels.gemm_i16(a, pairs * 4, b, products + plane * productPlane, tiles, rows, tiles, pairs, 0);
  }
  const lines = Math.min(size * (tiles / tileColumns), height - size * tileRow);
  const range = { channel: group * parts.rows + row, channels: rows, pixel: size * tileRow * width, pixels: lines * width };
  const stride = epilogue === undefined ? pixels(geometry) : range.pixels;
  const address = epilogue === undefined ? at.outputs[0]! + (range.channel * stride + range.pixel) * 4 : at.scratch + parts.sums;
  const to = [address, stride, rows, tileColumns, lines, width] as const;
  if (patch === 4) kernels.winograd_output_i32(products, productPlane, tiles, ...to);
  else kernels.winograd4_output_i32(products, productPlane, tiles, at.scratch + parts.work, ...to);
  epilogue?.apply(engine, { address, stride, type: 'i32' }, range, at.outputs, constants);
}
