import { type Blocking, blockProduct } from './blocking.js';
import { lowerDepthwiseF32 } from './depthwise.js';
import type { Engine } from './engine.js';
import {
  activationStrides,
  type ConvolutionGeometry,
  isDepthwise,
  layOutPlanes,
  type Planes,
  pixels,
  tapOffsets,
} from './geometry.js';
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
import { lowerWinogradF32 } from './winograd-f32.js';
import { suitsWinograd } from './winograd-plan.js';

/** A float convolution as a matrix product: sizes, and offsets in bytes into constants and scratch. */
interface GemmPlan {
  readonly geometry: ConvolutionGeometry;
  readonly planes: Planes;
  readonly blocking: Blocking;
  /** Output channels of a group, the same in whole blocks of 4, and products per output. */
  readonly rows: number;
  readonly blockedRows: number;
  readonly depth: number;
  readonly pixels: number;
  readonly bias: number;
  readonly slopes: number;
  readonly offsets: number;
  readonly panels: number;
  readonly strip: number;
}

/**
 * `direct`: the products of the definition in its order. `winograd`: 3 x 3 convolutions that suit it by `lowerWinogradF32`,
 * faster, with other roundings; every other convolution as `direct`.
 */
export type ConvolutionAlgorithm = 'direct' | 'winograd';

/**
 * Convolution in float32: NCHW or NHWC as the geometry says, one accumulator per output that starts at +0,
 * products added in ascending k = (input channel, kernel row, kernel column), padding as products with 0; then
 * + bias, then the activation. `weights` OIHW of outChannels x inChannels/group x kernel, `bias` one per output channel.
 */
export function lowerConvolutionF32(
  geometry: ConvolutionGeometry,
  weights: Float32Array,
  bias: Float32Array | null,
  activation?: Activation,
  algorithm: ConvolutionAlgorithm = 'direct',
): Lowering {
  if (algorithm === 'winograd' && suitsWinograd(geometry)) return lowerWinogradF32(geometry, weights, bias, activation);
  if (isDepthwise(geometry)) return lowerDepthwiseF32(geometry, weights, bias, activation);
  const depth = (geometry.inChannels / geometry.group) * geometry.kernel[0] * geometry.kernel[1];
  const rows = geometry.outChannels / geometry.group;
  const blockedRows = Math.ceil(rows / 4) * 4;
  const planes = layOutPlanes(geometry, false);
  const blocking = blockProduct(depth, pixels(geometry));
  const perChannel = channelBytes(geometry.outChannels);
  const packed = aligned(geometry.group * blockedRows * depth * 4);
  const copy = planes.copied ? aligned(geometry.inChannels * planes.elements * 4) : 0;
  const panelBytes = aligned(blocking.depth * blocking.columns * 4);
  const plan: GemmPlan = {
    geometry,
    planes,
    blocking,
    rows,
    blockedRows,
    depth,
    pixels: pixels(geometry),
    bias: packed,
    slopes: packed + perChannel,
    offsets: packed + 2 * perChannel,
    panels: copy,
    strip: copy + panelBytes,
  };
  return {
    constants: plan.offsets + aligned(depth * 4),
    scratch: plan.strip + (geometry.layout === 'NHWC' ? aligned(rows * blocking.columns * 4) : 0),
    prepare: (engine, at) => prepare(engine, at, plan, weights, bias, activation),
    run: (engine, at) => run(engine, at, plan, activation),
  };
}

function prepare(
  { heap, kernels }: Engine,
  at: number,
  plan: GemmPlan,
  weights: Float32Array,
  bias: Float32Array | null,
  activation?: Activation,
): void {
  const { geometry, rows, blockedRows, depth } = plan;
  for (let group = 0; group < geometry.group; group++) {
    const from = weights.subarray(group * rows * depth, (group + 1) * rows * depth);
    const to = at + group * blockedRows * depth * 4;
    if (rows < blockedRows) heap.f32(to + (blockedRows - 4) * depth * 4, depth * 4).fill(0);
    stageRows(heap, from, rows, depth, (piece, first, count) => {
      for (let row = 0; row < count; row += 4)
        kernels.transpose_32(
          piece + row * depth * 4,
          depth,
          to + (first + row) * depth * 4,
          4,
          Math.min(4, count - row),
          depth,
        );
    });
  }
  writeFinish(heap, at + plan.bias, at + plan.slopes, geometry.outChannels, bias, activation);
  heap.i32(at + plan.offsets, depth).set(tapOffsets(geometry, plan.planes, geometry.inChannels / geometry.group));
}

function run(engine: Engine, at: Addresses, plan: GemmPlan, activation?: Activation): void {
  const { geometry, planes, blocking } = plan;
  const source = planes.copied ? at.scratch : at.inputs[0]!;
  if (planes.copied) padInput(engine, at, plan);
  const channels = geometry.inChannels / geometry.group;
  for (let first = 0; first < plan.pixels; first += blocking.columns) {
    for (let group = 0; group < geometry.group; group++) {
      runStrip(engine, at, plan, source + group * channels * planes.elements * 4, group, first, activation);
    }
  }
}

function padInput({ kernels }: Engine, at: Addresses, { geometry, planes }: GemmPlan): void {
  const { inChannels, input, layout, pad } = geometry;
  const strides = activationStrides(inChannels, input, layout, 4);
  kernels.pad_f32(
    at.inputs[0]!,
    at.scratch,
    inChannels,
    ...strides,
    ...input,
    pad[0],
    pad[1],
    planes.rows,
    planes.columns,
    planes.rowStep,
    planes.columnStep,
    planes.phases,
  );
}

/** One group's outputs for the pixels of one strip, k block by k block. */
function runStrip(
  engine: Engine,
  at: Addresses,
  plan: GemmPlan,
  source: number,
  group: number,
  first: number,
  activation?: Activation,
): void {
  const { geometry, planes, blocking, rows, depth } = plan;
  const { kernels } = engine;
  const count = Math.min(blocking.columns, plan.pixels - first);
  const channel = group * rows;
  const planar = geometry.layout === 'NCHW';
  const target = planar ? at.outputs[0]! + (channel * plan.pixels + first) * 4 : at.scratch + plan.strip;
  const stride = planar ? plan.pixels : blocking.columns;
  const [slopes, low, high] = finishing(at.constants + plan.slopes + channel * 4, activation);
  for (let k = 0; k < depth; k += blocking.depth) {
    const part = Math.min(blocking.depth, depth - k);
    const a = at.constants + (group * plan.blockedRows * depth + k * 4) * 4;
    const panels = at.scratch + plan.panels;
    kernels.pack_panels(
      source,
      panels,
      at.constants + plan.offsets + k * 4,
      part,
      planes.width,
      planes.rowBytes,
      first,
      count,
    );
    kernels.gemm_f32(
      a,
      depth * 4,
      panels,
      target,
      stride,
      rows,
      count,
      part,
      k > 0 ? 1 : 0,
      k + part === depth ? 1 : 0,
      at.constants + plan.bias + channel * 4,
      slopes,
      low,
      high,
    );
  }
  if (!planar) {
    const address = at.outputs[0]! + (first * geometry.outChannels + channel) * 4;
    kernels.transpose_32(target, stride, address, geometry.outChannels, rows, count);
  }
}
