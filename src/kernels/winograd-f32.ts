import type { Engine } from './engine.js';
import { activationStrides, type ConvolutionGeometry, pixels } from './geometry.js';
import {
  type Activation,
  type Addresses,
  aligned,
  channelBytes,
  finishing,
  type Lowering,
  writeFinish,
} from './lowering.js';
import { stageRows } from './stage.js';
import { planWinograd, TWO, transformedFrom, type WinogradPlan, WORK_BYTES } from './winograd-plan.js';

/** Byte offsets into the constants, after the transformed weights. */
interface Ends {
  readonly bias: number;
  readonly slopes: number;
}

/**
 * Convolution in float32 by Winograd's F(2 x 2, 3 x 3), for geometries that suit (`suitsWinograd`): 16 products where
 * the definition has 36. Another order of roundings than `lowerConvolutionF32`, the same on every machine: weights are
 * transformed in double and rounded once; patches across, then down; products added in ascending channel; outputs
 * down, then across; then + bias and the activation.
 */
export function lowerWinogradF32(
  geometry: ConvolutionGeometry,
  weights: Float32Array,
  bias: Float32Array | null,
  activation?: Activation,
): Lowering {
  const plan = planWinograd(geometry, TWO, geometry.inChannels / geometry.group);
  const transformed = aligned(geometry.group * 16 * plan.weightPlane);
  const ends = { bias: transformed, slopes: transformed + channelBytes(geometry.outChannels) };
  const strip = geometry.layout === 'NHWC' ? aligned(plan.block * 2 * plan.stripRows * geometry.output[1] * 4) : 0;
  return {
    constants: ends.slopes + channelBytes(geometry.outChannels),
    scratch: plan.sums + strip,
    preparedFrom: transformedFrom(geometry),
    prepare(engine, at) {
      transformWeights(engine, plan, weights, at);
      writeFinish(engine.heap, at + ends.bias, at + ends.slopes, geometry.outChannels, bias, activation);
    },
    run(engine, at) {
      for (let group = 0; group < geometry.group; group++) runGroup(engine, at, plan, ends, group, activation);
    },
  };
}

/** The transform of 3 x 3 taps, group by group to planes [block][channel][row]. */
function transformWeights(
  { heap, kernels }: Engine,
  { geometry, channels, rows, weightPlane }: WinogradPlan,
  weights: Float32Array,
  to: number,
): void {
  const work = heap.alloc(WORK_BYTES);
  for (let group = 0; group < geometry.group; group++) {
    const first = to + group * 16 * weightPlane;
    stageRows(
      heap,
      weights.subarray(group * rows * channels * 9, (group + 1) * rows * channels * 9),
      rows,
      channels * 9,
      (from, row, count) =>
        kernels.winograd_weights_f32(from, work, first + row * channels * 4, weightPlane, count, channels),
    );
  }
  heap.free(work);
}

function runGroup(
  engine: Engine,
  at: Addresses,
  plan: WinogradPlan,
  ends: Ends,
  group: number,
  activation?: Activation,
): void {
  const { geometry, channels, tileRows, tileColumns, stripRows, rowBytes, planeBytes } = plan;
  const { kernels } = engine;
  const { inChannels, input, layout, pad } = geometry;
  const first = at.scratch + group * channels * planeBytes;
  const strides = activationStrides(inChannels, input, layout, 4);
  kernels.pad_f32(
    at.inputs[0]! + group * channels * strides[0],
    first,
    channels,
    ...strides,
    ...input,
    pad[0],
    pad[1],
    2 * tileRows + 2,
    tileColumns + 1,
    1,
    2,
    2,
  );
  for (let tileRow = 0; tileRow < tileRows; tileRow += stripRows) {
    const tiles = Math.min(stripRows, tileRows - tileRow) * tileColumns;
    const from = first + 2 * tileRow * rowBytes;
    kernels.winograd_input_f32(
      from,
      planeBytes,
      rowBytes,
      rowBytes / 2,
      at.scratch + plan.patches,
      plan.patchPlane,
      channels,
      tiles,
      tileColumns,
    );
    for (let row = 0; row < plan.rows; row += plan.block)
      runBlock(engine, at, plan, ends, group, tileRow, tiles, row, activation);
  }
}

/** The outputs of one strip of tiles for one block of channels. */
function runBlock(
  { kernels }: Engine,
  at: Addresses,
  plan: WinogradPlan,
  ends: Ends,
  group: number,
  tileRow: number,
  tiles: number,
  row: number,
  activation?: Activation,
): void {
  const { geometry, channels, tileColumns, productPlane } = plan;
  const [height, width] = geometry.output;
  const rows = Math.min(plan.block, plan.rows - row);
  const products = at.scratch + plan.products;
  for (let plane = 0; plane < 16; plane++) {
    const a = at.constants + (group * 16 + plane) * plan.weightPlane + row * channels * 4;
    const b = at.scratch + plan.patches + plane * plan.patchPlane;
    kernels.gemm_f32(
      a,
      channels * 4,
      b,
      products + plane * productPlane,
      tiles,
      rows,
      tiles,
      channels,
      0,
      0,
      0,
      0,
      0,
      0,
    );
  }
  const lines = Math.min(2 * (tiles / tileColumns), height - 2 * tileRow);
  const channel = group * plan.rows + row;
  const planar = geometry.layout === 'NCHW';
  const target = planar
    ? at.outputs[0]! + (channel * pixels(geometry) + 2 * tileRow * width) * 4
    : at.scratch + plan.sums;
  const stride = planar ? pixels(geometry) : lines * width;
  const finish = finishing(at.constants + ends.slopes + channel * 4, activation);
  kernels.winograd_output_f32(
    products,
    productPlane,
    tiles,
    target,
    stride,
    rows,
    tileColumns,
    lines,
    width,
    at.constants + ends.bias + channel * 4,
    ...finish,
  );
  if (!planar) {
    const address = at.outputs[0]! + (2 * tileRow * width * geometry.outChannels + channel) * 4;
    kernels.transpose_32(target, stride, address, geometry.outChannels, rows, lines * width);
  }
}
