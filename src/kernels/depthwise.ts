import type { Engine } from './engine.js';
import { activationStrides, layPlanes, pixels, tapOffsets, type ConvolutionGeometry, type Planes } from './geometry.js';
import { aligned, channelBytes, finishing, writeFinish, type Activation, type Addresses, type Lowering } from './lowering.js';

/** Offsets in bytes: `weights` stand first in the constants, the planes first in the scratch. */
interface Parts {
  readonly geometry: ConvolutionGeometry;
  readonly planes: Planes;
  readonly taps: number;
  readonly bias: number;
  readonly slopes: number;
  readonly offsets: number;
  readonly result: number;
}

function partsOf(geometry: ConvolutionGeometry, codes: boolean): Parts {
  const planes = layPlanes(geometry, codes);
  const taps = geometry.kernel[0] * geometry.kernel[1];
  const bias = aligned(geometry.outChannels * taps * 4);
  const slopes = bias + channelBytes(geometry.outChannels);
  const count = codes ? Math.ceil(geometry.inChannels / 2) : geometry.inChannels;
  return { geometry, planes, taps, bias, slopes, offsets: slopes + channelBytes(geometry.outChannels), result: planes.copied ? aligned(count * planes.elements * 4) : 0 };
}

/** Depthwise convolution in float32, group = inChannels, any channel multiplier; values as `lowerConvolutionF32`. */
export function lowerDepthwiseF32(
  geometry: ConvolutionGeometry, weights: Float32Array, bias: Float32Array | null, activation?: Activation,
): Lowering {
  const parts = partsOf(geometry, false);
  const outputs = geometry.outChannels * pixels(geometry);
  return {
    constants: parts.offsets + aligned(parts.taps * 4),
    scratch: parts.result + (geometry.layout === 'NHWC' ? aligned(outputs * 4) : 0),
    prepare({ heap }, at) {
      heap.f32(at, weights.length).set(weights);
      writeFinish(heap, at + parts.bias, at + parts.slopes, geometry.outChannels, bias, activation);
      heap.i32(at + parts.offsets, parts.taps).set(tapOffsets(geometry, parts.planes, 1));
    },
    run: (engine, at) => runF32(engine, at, parts, activation),
  };
}

function runF32({ kernels }: Engine, at: Addresses, parts: Parts, activation?: Activation): void {
  const { geometry, planes } = parts;
  const { inChannels, outChannels, input, pad, layout } = geometry;
  const strides = activationStrides(inChannels, input, layout, 4);
  if (planes.copied) {
    kernels.pad_f32(
      at.inputs[0]!, at.scratch, inChannels, ...strides, ...input, pad[0], pad[1],
      planes.rows, planes.columns, planes.rowStep, planes.columnStep, planes.phases,
    );
  }
  const target = layout === 'NCHW' ? at.outputs[0]! : at.scratch + parts.result;
  kernels.depthwise_f32(
    planes.copied ? at.scratch : at.inputs[0]!, planes.elements * 4, planes.rowBytes, target, at.constants, at.constants + parts.offsets, parts.taps,
    outChannels, outChannels / inChannels, ...outputRows(parts), at.constants + parts.bias, ...finishing(at.constants + parts.slopes, activation),
  );
  if (layout === 'NHWC') kernels.transpose_32(target, pixels(geometry), at.outputs[0]!, outChannels, outChannels, pixels(geometry));
}

/** Rows and columns of the output as the planes have them. */
function outputRows({ geometry, planes }: Parts): [number, number] {
  return [pixels(geometry) / planes.width, planes.width];
}

/**
 * Exact int32 sums of a depthwise convolution on codes, always [channel][pixel]. Input codes int8 or int16 as
 * `inputBits` says, weights any int16; the caller bounds the sums (`boundSums`).
 */
export function lowerDepthwiseI32(geometry: ConvolutionGeometry, weights: Int8Array | Int16Array, inputBits: number): Lowering {
  const parts = partsOf(geometry, true);
  return {
    constants: parts.offsets + aligned(parts.taps * 4),
    scratch: parts.result,
    prepare({ heap }, at) {
      const multiplier = geometry.outChannels / geometry.inChannels;
      const pairs = heap.i16(at, weights.length * 2).fill(0);
      weights.forEach((weight, index) => (pairs[index * 2 + (Math.floor(index / parts.taps / multiplier) & 1)] = weight));
      heap.i32(at + parts.offsets, parts.taps).set(tapOffsets(geometry, parts.planes, 1));
    },
    run: (engine, at) => runI32(engine, at, parts, inputBits),
  };
}

function runI32({ kernels }: Engine, at: Addresses, parts: Parts, inputBits: number): void {
  const { geometry, planes } = parts;
  const { inChannels, outChannels, input, pad, layout } = geometry;
  const strides = activationStrides(inChannels, input, layout, inputBits / 8);
  const copy = inputBits === 8 ? kernels.pad_i8 : kernels.pad_i16;
  copy(
    at.inputs[0]!, at.scratch, inChannels, ...strides, ...input, pad[0], pad[1],
    planes.rows, planes.columns, planes.rowStep, planes.columnStep, planes.phases,
  );
  kernels.depthwise_i16(
    at.scratch, planes.elements * 4, planes.rowBytes, at.outputs[0]!, at.constants, at.constants + parts.offsets, parts.taps,
    outChannels, outChannels / inChannels, ...outputRows(parts),
  );
}
