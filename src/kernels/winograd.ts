import type { CodeBounds, Codes } from './codes.js';
import type { Engine } from './engine.js';
import type { Epilogue } from './epilogue.js';
import { activationStrides, type ConvolutionGeometry, pixels } from './geometry.js';
import { type Addresses, aligned, type Lowering } from './lowering.js';
import { stageRows } from './stage.js';
import {
  FOUR,
  LEAST_FOR_FOUR,
  planWinograd,
  suitsWinograd,
  TWO,
  transformedFrom,
  type WinogradPlan,
  type WinogradTile,
  WORK_BYTES,
} from './winograd-plan.js';

/**
 * The larger tile that `lowerWinogradI32` can use, for a geometry that suits, int8 codes, and weights and sums within the
 * tile's limits; undefined if there is none.
 */
export function winogradTile(
  geometry: ConvolutionGeometry,
  bounds: CodeBounds,
  inputBits: number,
): WinogradTile | undefined {
  if (!suitsWinograd(geometry) || inputBits !== 8) return undefined;
  const fits = (tile: WinogradTile): boolean =>
    bounds.codesBelow(tile.largest) && bounds.sumsBelow(tile.bound, inputBits);
  if (Math.min(...geometry.output) >= LEAST_FOR_FOUR && fits(FOUR)) return FOUR;
  return fits(TWO) ? TWO : undefined;
}

/**
 * Exact int32 sums as `lowerAccumulateI32` gives them, by Winograd's transform, or the outputs of `epilogue` on them. All
 * steps are in whole numbers modulo 2^32, so that the sums are the same, with 16 products where the definition has 36, or
 * 36 where it has 144.
 */
export function lowerWinogradI32(
  geometry: ConvolutionGeometry,
  weights: Codes,
  tile: WinogradTile,
  epilogue?: Epilogue,
): Lowering {
  const plan = planWinograd(geometry, tile, Math.ceil(geometry.inChannels / geometry.group / 2));
  const bytes = geometry.group * tile.patch ** 2 * plan.weightPlane;
  const constants = aligned(bytes);
  const strip = aligned(plan.block * tile.size * plan.stripRows * geometry.output[1] * 4);
  return {
    constants: constants + (epilogue?.constants ?? 0),
    scratch: plan.sums + (epilogue === undefined ? 0 : strip),
    preparedFrom: transformedFrom(geometry),
    prepare(engine, at) {
      transformWeights(engine, plan, weights, at);
      epilogue?.prepare(engine, at + constants);
    },
    run(engine, at) {
      for (let group = 0; group < geometry.group; group++)
        runGroup(engine, at, plan, group, epilogue, at.constants + constants);
    },
  };
}

/** The transform of 3 x 3 taps, group by group to planes [block][pair][row][2]. */
function transformWeights(
  { heap, kernels }: Engine,
  { tile: { patch }, geometry, channels, planes, rows, weightPlane }: WinogradPlan,
  weights: Codes,
  to: number,
): void {
  const kernel = patch === 4 ? kernels.winograd_weights_i16 : kernels.winograd4_weights_i16;
  const work = heap.alloc(WORK_BYTES);
  for (let group = 0; group < geometry.group; group++) {
    const first = to + group * patch ** 2 * weightPlane;
    stageRows(
      heap,
      weights.subarray(group * rows * channels * 9, (group + 1) * rows * channels * 9),
      rows,
      channels * 9,
      (from, row, count) => kernel(from, work, first + row * planes * 4, weightPlane, count, channels),
    );
  }
  heap.free(work);
}

function runGroup(
  engine: Engine,
  at: Addresses,
  plan: WinogradPlan,
  group: number,
  epilogue: Epilogue | undefined,
  constants: number,
): void {
  const {
    tile: { size, patch },
    geometry,
    channels,
    planes,
    tileRows,
    tileColumns,
    stripRows,
    rowBytes,
    planeBytes,
  } = plan;
  const { kernels } = engine;
  const { inChannels, input, layout, pad } = geometry;
  const first = at.scratch + group * planes * planeBytes;
  const strides = activationStrides(inChannels, input, layout, 1);
  const source = at.inputs[0]! + group * channels * strides[0];
  kernels.pad_i8(
    source,
    first,
    channels,
    ...strides,
    ...input,
    pad[0],
    pad[1],
    size * tileRows + 2,
    tileColumns + 1,
    1,
    size,
    size,
  );
  for (let tileRow = 0; tileRow < tileRows; tileRow += stripRows) {
    const tiles = Math.min(stripRows, tileRows - tileRow) * tileColumns;
    const from = [first + size * tileRow * rowBytes, planeBytes, rowBytes, rowBytes / size] as const;
    const to = [at.scratch + plan.patches, plan.patchPlane, planes, tiles, tileColumns] as const;
    if (patch === 4) kernels.winograd_input_i16(...from, ...to);
    else kernels.winograd4_input_i16(...from, at.scratch + plan.work, ...to);
    for (let row = 0; row < plan.rows; row += plan.block)
      runBlock(engine, at, plan, group, tileRow, tiles, row, epilogue, constants);
  }
}

/** The outputs of one strip of tiles for one block of channels. */
function runBlock(
  engine: Engine,
  at: Addresses,
  plan: WinogradPlan,
  group: number,
  tileRow: number,
  tiles: number,
  row: number,
  epilogue: Epilogue | undefined,
  constants: number,
): void {
  const {
    tile: { size, patch },
    geometry,
    planes,
    tileColumns,
    productPlane,
  } = plan;
  const { kernels } = engine;
  const [height, width] = geometry.output;
  const rows = Math.min(plan.block, plan.rows - row);
  const products = at.scratch + plan.products;
  for (let plane = 0; plane < patch ** 2; plane++) {
    const a = at.constants + (group * patch ** 2 + plane) * plan.weightPlane + row * planes * 4;
    const b = at.scratch + plan.patches + plane * plan.patchPlane;
    kernels.gemm_i16(a, planes * 4, b, products + plane * productPlane, tiles, rows, tiles, planes, 0);
  }
  const lines = Math.min(size * (tiles / tileColumns), height - size * tileRow);
  const range = {
    channel: group * plan.rows + row,
    channels: rows,
    pixel: size * tileRow * width,
    pixels: lines * width,
  };
  const stride = epilogue === undefined ? pixels(geometry) : range.pixels;
  const address =
    epilogue === undefined ? at.outputs[0]! + (range.channel * stride + range.pixel) * 4 : at.scratch + plan.sums;
  const to = [address, stride, rows, tileColumns, lines, width] as const;
  if (patch === 4) kernels.winograd_output_i32(products, productPlane, tiles, ...to);
  else kernels.winograd4_output_i32(products, productPlane, tiles, at.scratch + plan.work, ...to);
  epilogue?.apply(engine, { address, stride, type: 'i32' }, range, at.outputs, constants);
}
