import type { ConvolutionGeometry } from './geometry.js';
import { aligned, LARGE_BYTES } from './lowering.js';

/** Sizes that keep a strip's transformed patches and a block's products in the second-level cache. */
const STRIP_BYTES = 384 * 1024;
const PRODUCT_BYTES = 128 * 1024;
/** Bytes added to a plane: planes that lie a power of two apart share the cache's sets. */
const SKEW = 64;
/** Bytes of the work area in which kernels transform a patch. */
export const WORK_BYTES = 576;

/** A tile of outputs: its side, and the side of the input patch it is computed from. */
export interface WinogradTile {
  readonly size: 2 | 4;
  readonly patch: 4 | 6;
  /** Limits below which the largest weight and the bound of the sums must stay, so that int16 and int32 hold all steps. */
  readonly largest: number;
  readonly bound: number;
}

/**
 * 16 products for 4 outputs. Weights are transformed times 2 in each dimension: rows of the transform add to at most 3, so
 * that transformed weights are up to 9 times the largest. Results are 4 times the sums.
 */
export const TWO: WinogradTile = { size: 2, patch: 4, largest: 2 ** 15 / 9, bound: 2 ** 29 };
/**
 * 36 products for 16 outputs. Rows of the transform add to at most 7, so that transformed weights are up to 49 times the
 * largest. Results are 576 = 9 * 64 times the sums; the 9 is divided out modulo 2^32, the 64 has to fit.
 */
export const FOUR: WinogradTile = { size: 4, patch: 6, largest: 2 ** 15 / 49, bound: 2 ** 25 };

/** Fewer pixels in a row or column than this leave too many of the larger tiles empty. */
export const LEAST_FOR_FOUR = 12;

/** Sizes of a transformed convolution, and byte offsets into constants and scratch. */
export interface WinogradPlan {
  readonly tile: WinogradTile;
  readonly geometry: ConvolutionGeometry;
  /** Of a group: channels in, planes they fill, channels out, these in whole blocks of 4, and how many at a time. */
  readonly channels: number;
  readonly planes: number;
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

/** Whether the geometry can be transformed, and has enough channels that the transforms are cheap beside the products. */
export function suitsWinograd({
  kernel,
  stride,
  dilation,
  output,
  group,
  inChannels,
  outChannels,
}: ConvolutionGeometry): boolean {
  const plain = [...stride, ...dilation].every((size) => size === 1) && kernel[0] === 3 && kernel[1] === 3;
  return plain && inChannels / group >= 8 && outChannels / group >= 8 && output[0] >= 3 && output[1] >= 5;
}

/** From so many outputs of a channel on, the transform of its weights takes at most a third of a run's time, or a thirtieth. */
const MANY_PIXELS = 192;
const MOST_PIXELS = 2048;

/** Bytes of transformed weights from which they are transformed at each run: the less time that takes, the fewer. */
export function transformedFrom({ output: [height, width] }: ConvolutionGeometry): number {
  if (height * width < MANY_PIXELS) return Infinity;
  return height * width < MOST_PIXELS ? LARGE_BYTES : LARGE_BYTES / 4;
}

/** Lays out a transformed convolution whose input is `planes` planes of 32-bit elements per group. */
export function planWinograd(geometry: ConvolutionGeometry, tile: WinogradTile, planes: number): WinogradPlan {
  const { size, patch } = tile;
  const channels = geometry.inChannels / geometry.group;
  const rows = geometry.outChannels / geometry.group;
  const blockedRows = Math.ceil(rows / 4) * 4;
  const [tileRows, tileColumns] = [Math.ceil(geometry.output[0] / size), Math.ceil(geometry.output[1] / size)];
  const fitting = Math.max(1, Math.min(tileRows, Math.floor(STRIP_BYTES / (patch ** 2 * planes * tileColumns * 4))));
  const stripRows = Math.ceil(tileRows / Math.ceil(tileRows / fitting));
  const tiles = stripRows * tileColumns;
  const block = Math.min(blockedRows, Math.max(4, Math.floor(PRODUCT_BYTES / (patch ** 2 * tiles * 4) / 4) * 4));
  const rowBytes = size * (tileColumns + 1) * 4;
  const planeBytes = (size * tileRows + 2) * rowBytes;
  const patchPlane = Math.ceil(tiles / 8) * planes * 32 + SKEW;
  const productPlane = aligned(block * tiles * 4) + SKEW;
  const work = aligned(geometry.group * planes * planeBytes + SKEW);
  const patches = work + WORK_BYTES;
  const products = patches + aligned(patch ** 2 * patchPlane);
  return {
    tile,
    geometry,
    channels,
    planes,
    rows,
    blockedRows,
    block,
    tileRows,
    tileColumns,
    stripRows,
    rowBytes,
    planeBytes,
    weightPlane: blockedRows * planes * 4,
    patchPlane,
    productPlane,
    work,
    patches,
    products,
    sums: products + aligned(patch ** 2 * productPlane),
  };
}
