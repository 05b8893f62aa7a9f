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

/** Sizes of a transformed convolution, and byte offsets into constants and scratch. */
interface Parts {
  readonly geometry: ConvolutionGeometry;
  /** Channels of a group: in, pairs of them, out, out in whole blocks of 4, and how many of these at a time. */
  readonly channels: number;
  readonly pairs: number;
  readonly rows: number;
  readonly blockedRows: number;
  readonly block: number;
  /** Tiles of 2 x 2 outputs: rows and columns of them, rows of a strip. */
  readonly tileRows: number;
  readonly tileColumns: number;
  readonly stripRows: number;
  readonly planeBytes: number;
  /** One of 16 planes: of the weights of a group, of patches, of products. */
  readonly weightPlane: number;
  readonly patchPlane: number;
  readonly productPlane: number;
  readonly patches: number;
  readonly products: number;
  readonly sums: number;
}

/**
 * Whether `lowerWinogradI32` serves: 3 x 3, stride and dilation 1, int8 codes, enough channels that the transforms
 * are cheap beside the products; transformed weights (up to 9 times the largest) fit int16, four times each sum int32.
 */
export function suitsWinograd(geometry: ConvolutionGeometry, weights: Codes, inputBits: number): boolean {
  const { kernel, stride, dilation, output, group, inChannels, outChannels } = geometry;
  const plain = [...stride, ...dilation].every((size) => size === 1) && kernel[0] === 3 && kernel[1] === 3;
  const wide = inChannels / group >= 8 && outChannels / group >= 8 && output[0] >= 3 && output[1] >= 5;
  return plain && wide && inputBits === 8 && largestCode(weights) * 9 < 2 ** 15 && boundSums(weights, outChannels, inputBits) < 2 ** 29;
}

function partsOf(geometry: ConvolutionGeometry): Parts {
  const channels = geometry.inChannels / geometry.group;
  const pairs = Math.ceil(channels / 2);
  const rows = geometry.outChannels / geometry.group;
  const blockedRows = Math.ceil(rows / 4) * 4;
  const [tileRows, tileColumns] = [Math.ceil(geometry.output[0] / 2), Math.ceil(geometry.output[1] / 2)];
  const fitting = Math.max(1, Math.min(tileRows, Math.floor(STRIP_BYTES / (16 * pairs * tileColumns * 4))));
  const stripRows = Math.ceil(tileRows / Math.ceil(tileRows / fitting));
  const tiles = stripRows * tileColumns;
  const block = Math.min(blockedRows, Math.max(4, Math.floor(PRODUCT_BYTES / (16 * tiles * 4) / 4) * 4));
  const planeBytes = (2 * tileRows + 2) * 2 * (tileColumns + 1) * 4;
  const patchPlane = Math.ceil(tiles / 8) * pairs * 32 + SKEW;
  const productPlane = aligned(block * tiles * 4) + SKEW;
  const patches = aligned(geometry.group * pairs * planeBytes + SKEW);
  const products = patches + aligned(16 * patchPlane);
  return {
    geometry, channels, pairs, rows, blockedRows, block, tileRows, tileColumns, stripRows, planeBytes,
    weightPlane: blockedRows * pairs * 4, patchPlane, productPlane, patches, products, sums: products + aligned(16 * productPlane),
  };
}

/**
 * Exact int32 sums as `lowerAccumulateI32` gives them, for geometries that suit (`suitsWinograd`), with 16 products
 * where the definition has 36; or what `epilogue` makes of them.
 */
export function lowerWinogradI32(geometry: ConvolutionGeometry, weights: Codes, epilogue?: Epilogue): Lowering {
  const parts = partsOf(geometry);
  const constants = aligned(geometry.group * 16 * parts.weightPlane);
  const strip = aligned(parts.block * 2 * parts.stripRows * geometry.output[1] * 4);
  return {
    constants: constants + (epilogue?.constants ?? 0),
    scratch: parts.sums + (epilogue === undefined ? 0 : strip),
    prepare(engine, at) {
      transformWeights(parts, weights, engine.heap.i16(at, (geometry.group * 16 * parts.weightPlane) / 2));
      epilogue?.prepare(engine, at + constants);
    },
    run(engine, at) {
      for (let group = 0; group < geometry.group; group++) runGroup(engine, at, parts, group, epilogue, at.constants + constants);
    },
  };
}

/** Four times the transform of 3 x 3 taps: [2 0 0; 1 1 1; 1 -1 1; 0 0 2] on both sides. Planes [block][pair][row][2]. */
function transformWeights({ geometry, channels, pairs, rows, weightPlane }: Parts, weights: Codes, to: Int16Array): void {
  to.fill(0);
  const plane = weightPlane / 2;
  for (let channel = 0; channel < geometry.outChannels; channel++) {
    const row = channel % rows;
    const block = Math.floor(channel / rows) * 16 * plane + (row >> 2) * pairs * 8 + (row & 3) * 2;
    for (let k = 0; k < channels; k++) {
      const taps = weights.subarray((channel * channels + k) * 9, (channel * channels + k) * 9 + 9);
      const down = [0, 1, 2].map((x) => spread(taps[x]!, taps[x + 3]!, taps[x + 6]!));
      for (let y = 0; y < 4; y++) {
        spread(down[0]![y]!, down[1]![y]!, down[2]![y]!).forEach((value, x) => {
          to[block + (y * 4 + x) * plane + (k >> 1) * 8 + (k & 1)] = value;
        });
      }
    }
  }
}

const spread = (a: number, b: number, c: number): [number, number, number, number] => [2 * a, a + b + c, a - b + c, 2 * c];

function runGroup(engine: Engine, at: Addresses, parts: Parts, group: number, epilogue: Epilogue | undefined, constants: number): void {
  const { geometry, channels, pairs, tileRows, tileColumns, stripRows, planeBytes } = parts;
  const { kernels } = engine;
  const { inChannels, input, layout, pad } = geometry;
  const planes = at.scratch + group * pairs * planeBytes;
  const strides = activationStrides(inChannels, input, layout, 1);
  const source = at.inputs[0]! + group * channels * strides[0];
  kernels.pad_i8(source, planes, channels, ...strides, ...input, pad[0], pad[1], 2 * tileRows + 2, tileColumns + 1, 1, 2, 2);
  const rowBytes = 2 * (tileColumns + 1) * 4;
  for (let tileRow = 0; tileRow < tileRows; tileRow += stripRows) {
    const tiles = Math.min(stripRows, tileRows - tileRow) * tileColumns;
    const patches = at.scratch + parts.patches;
    kernels.winograd_input_i16(planes + 2 * tileRow * rowBytes, planeBytes, rowBytes, rowBytes / 2, patches, parts.patchPlane, pairs, tiles, tileColumns);
    for (let row = 0; row < parts.rows; row += parts.block) runBlock(engine, at, parts, group, tileRow, tiles, row, epilogue, constants);
  }
}

/** The outputs of one strip of tiles for one block of channels. */
function runBlock(
  engine: Engine, at: Addresses, parts: Parts, group: number, tileRow: number, tiles: number, row: number, epilogue: Epilogue | undefined, constants: number,
): void {
  const { geometry, pairs, tileColumns, productPlane } = parts;
  const { kernels } = engine;
  const [height, width] = geometry.output;
  const rows = Math.min(parts.block, parts.rows - row);
  const products = at.scratch + parts.products;
  for (let plane = 0; plane < 16; plane++) {
    const a = at.constants + (group * 16 + plane) * parts.weightPlane + row * pairs * 4;
    const b = at.scratch + parts.patches + plane * parts.patchPlane;
    kernels.gemm_i16(a, pairs * 4, b, products + plane * productPlane, tiles, rows, tiles, pairs, 0);
  }
  const lines = Math.min(2 * (tiles / tileColumns), height - 2 * tileRow);
  const range = { channel: group * parts.rows + row, channels: rows, pixel: 2 * tileRow * width, pixels: lines * width };
  const stride = epilogue === undefined ? pixels(geometry) : range.pixels;
  const address = epilogue === undefined ? at.outputs[0]! + (range.channel * stride + range.pixel) * 4 : at.scratch + parts.sums;
  kernels.winograd_output_i32(products, productPlane, tiles, address, stride, rows, tileColumns, lines, width);
  epilogue?.apply(engine, { address, stride, type: 'i32' }, range, at.outputs, constants);
}
