import type { Engine } from './engine.js';
import type { Epilogue } from './epilogue.js';
import {
  activationStrides,
  type ConvolutionGeometry,
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

/** Offsets in bytes: `weights` stand first in the constants, the planes first in the scratch. */
interface DepthwisePlan {
  readonly geometry: ConvolutionGeometry;
  readonly planes: Planes;
  readonly taps: number;
  readonly bias: number;
  readonly slopes: number;
  readonly offsets: number;
  readonly result: number;
}

function planDepthwise(geometry: ConvolutionGeometry, codes: boolean): DepthwisePlan {
  const planes = layOutPlanes(geometry, codes);
  const taps = geometry.kernel[0] * geometry.kernel[1];
  const bias = aligned(geometry.outChannels * taps * 4);
  const slopes = bias + channelBytes(geometry.outChannels);
  const count = codes ? Math.ceil(geometry.inChannels / 2) : geometry.inChannels;
  return {
    geometry,
    planes,
    taps,
    bias,
    slopes,
    offsets: slopes + channelBytes(geometry.outChannels),
    result: planes.copied ? aligned(count * planes.elements * 4) : 0,
  };
}

/** Depthwise convolution in float32, group = inChannels, any channel multiplier; values as `lowerConvolutionF32`. */
export function lowerDepthwiseF32(
  geometry: ConvolutionGeometry,
  weights: Float32Array,
  bias: Float32Array | null,
  activation?: Activation,
): Lowering {
  const plan = planDepthwise(geometry, false);
  const outputs = geometry.outChannels * pixels(geometry);
  return {
    constants: plan.offsets + aligned(plan.taps * 4),
    scratch: plan.result + (geometry.layout === 'NHWC' ? aligned(outputs * 4) : 0),
    prepare({ heap }, at) {
      heap.f32(at, weights.length).set(weights);
      writeFinish(heap, at + plan.bias, at + plan.slopes, geometry.outChannels, bias, activation);
      heap.i32(at + plan.offsets, plan.taps).set(tapOffsets(geometry, plan.planes, 1));
    },
    run: (engine, at) => runF32(engine, at, plan, activation),
  };
}

function runF32({ kernels }: Engine, at: Addresses, plan: DepthwisePlan, activation?: Activation): void {
  const { geometry, planes } = plan;
  const { inChannels, outChannels, input, pad, layout } = geometry;
  const strides = activationStrides(inChannels, input, layout, 4);
  if (planes.copied) {
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
  const target = layout === 'NCHW' ? at.outputs[0]! : at.scratch + plan.result;
  kernels.depthwise_f32(
    planes.copied ? at.scratch : at.inputs[0]!,
    planes.elements * 4,
    planes.rowBytes,
    target,
    at.constants,
    at.constants + plan.offsets,
    plan.taps,
    outChannels,
    outChannels / inChannels,
    ...outputRows(plan),
    at.constants + plan.bias,
    ...finishing(at.constants + plan.slopes, activation),
  );
  if (layout === 'NHWC')
    kernels.transpose_32(target, pixels(geometry), at.outputs[0]!, outChannels, outChannels, pixels(geometry));
}

/** Rows and columns of the output as the planes have them. */
function outputRows({ geometry, planes }: DepthwisePlan): [number, number] {
  return [pixels(geometry) / planes.width, planes.width];
}

/** Sums of a chunk of channels stay in the second-level cache until their epilogue has run. */
const CHUNK_BYTES = 192 * 1024;

/**
 * Exact int32 sums of a depthwise convolution on codes, always [channel][pixel], or the outputs of `epilogue` on them.
 * Input codes int8 or int16 as `inputBits` says, weights any int16; the caller bounds the sums (`boundCodes`).
 */
export function lowerDepthwiseI32(
  geometry: ConvolutionGeometry,
  weights: Int8Array | Int16Array,
  inputBits: number,
  epilogue?: Epilogue,
): Lowering {
  const plan = planDepthwise(geometry, true);
  const constants = plan.offsets + aligned(plan.taps * 4);
  const multiplier = geometry.outChannels / geometry.inChannels;
  const chunk = chunkOf(geometry, multiplier);
  return {
    constants: constants + (epilogue?.constants ?? 0),
    scratch: plan.result + (epilogue === undefined ? 0 : aligned(chunk * pixels(geometry) * 4)),
    prepare(engine, at) {
      const pairs = engine.heap.i16(at, weights.length * 2).fill(0);
      weights.forEach(
        (weight, index) => (pairs[index * 2 + (Math.floor(index / plan.taps / multiplier) & 1)] = weight),
      );
      engine.heap.i32(at + plan.offsets, plan.taps).set(tapOffsets(geometry, plan.planes, 1));
      epilogue?.prepare(engine, at + constants);
    },
    run(engine, at) {
      padCodes(engine, at, plan, inputBits);
      if (epilogue === undefined) return sumChannels(engine, at, plan, 0, geometry.outChannels, at.outputs[0]!);
      for (let channel = 0; channel < geometry.outChannels; channel += chunk) {
        const channels = Math.min(chunk, geometry.outChannels - channel);
        const address = at.scratch + plan.result;
        sumChannels(engine, at, plan, channel, channels, address);
        const range = { channel, channels, pixel: 0, pixels: pixels(geometry) };
        epilogue.apply(
          engine,
          { address, stride: pixels(geometry), type: 'i32' },
          range,
          at.outputs,
          at.constants + constants,
        );
      }
    },
  };
}

/** Output channels of whole pairs of planes. */
function chunkOf(geometry: ConvolutionGeometry, multiplier: number): number {
  const pair = 2 * multiplier;
  return Math.max(1, Math.floor(CHUNK_BYTES / (pixels(geometry) * 4 * pair))) * pair;
}

function padCodes({ kernels }: Engine, at: Addresses, { geometry, planes }: DepthwisePlan, inputBits: number): void {
  const { inChannels, input, pad, layout } = geometry;
  const strides = activationStrides(inChannels, input, layout, inputBits / 8);
  (inputBits === 8 ? kernels.pad_i8 : kernels.pad_i16)(
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

/** Sums of some channels from the first of a pair of planes on. */
function sumChannels(
  { kernels }: Engine,
  at: Addresses,
  plan: DepthwisePlan,
  channel: number,
  channels: number,
  target: number,
): void {
  const { geometry, planes, taps } = plan;
  const multiplier = geometry.outChannels / geometry.inChannels;
  kernels.depthwise_i16(
    at.scratch + (channel / multiplier / 2) * planes.elements * 4,
    planes.elements * 4,
    planes.rowBytes,
    target,
    at.constants + channel * taps * 4,
    at.constants + plan.offsets,
    taps,
    channels,
    multiplier,
    ...outputRows(plan),
  );
}
