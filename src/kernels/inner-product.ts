import type { Accumulation, CodeBits } from './accumulate.js';
import { boundCodes, type Codes, expectExactSums } from './codes.js';
import { type Epilogue, sumBytes } from './epilogue.js';
import { type Activation, aligned, channelBytes, finishing, type Lowering, writeFinish } from './lowering.js';

/** Sizes of a matrix-vector product: weights are [outputs][inputs], row-major. */
export interface InnerProductGeometry {
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * y = W x in float32, one accumulator per output that starts at +0, products added in ascending k; then + bias, then
 * the activation. Weights stay row-major (a plain copy), so the largest matrix is read once per run and never packed.
 */
export function lowerInnerProductF32(
  { inputs, outputs }: InnerProductGeometry,
  weights: Float32Array,
  bias: Float32Array | null,
  activation?: Activation,
): Lowering {
  const biasAt = aligned(weights.length * 4);
  const slopesAt = biasAt + channelBytes(outputs);
  return {
    constants: slopesAt + channelBytes(outputs),
    scratch: 0,
    prepare({ heap }, at) {
      heap.f32(at, weights.length).set(weights);
      writeFinish(heap, at + biasAt, at + slopesAt, outputs, bias, activation);
    },
    run({ kernels }, at) {
      const finish = finishing(at.constants + slopesAt, activation);
      kernels.gemv_f32(at.constants, at.inputs[0]!, at.outputs[0]!, outputs, inputs, at.constants + biasAt, ...finish);
    },
  };
}

/**
 * Exact sums of W x on codes (int8 where `bits.input` is 8, else int16): int32 where weights are bytes and the bound
 * of the sums allows it, else float64 (weight codes above -32768). Throws `unsupported` for sums that float64 may not
 * hold exactly.
 */
export function accumulateInnerProduct(
  { inputs, outputs }: InnerProductGeometry,
  weights: Codes,
  bits: CodeBits,
): Accumulation {
  const bounds = boundCodes(weights, outputs, bits.params);
  expectExactSums(bounds, bits.input);
  const narrow = bits.params === 8 && bounds.sumsBelow(2 ** 31, bits.input);
  const type = narrow ? 'i32' : 'f64';
  const constants = aligned(weights.length * (narrow ? 1 : 2));
  const wide = bits.input === 8 ? aligned(inputs * 2) : 0;
  const fuse = (epilogue?: Epilogue): Lowering => ({
    constants: constants + (epilogue?.constants ?? 0),
    scratch: wide + (epilogue === undefined ? 0 : aligned(outputs * sumBytes(type))),
    prepare(engine, at) {
      (narrow ? engine.heap.i8(at, weights.length) : engine.heap.i16(at, weights.length)).set(weights);
      epilogue?.prepare(engine, at + constants);
    },
    run(engine, at) {
      const { kernels } = engine;
      if (bits.input === 8) kernels.widen_i8(at.inputs[0]!, at.scratch, inputs);
      const x = bits.input === 8 ? at.scratch : at.inputs[0]!;
      const address = epilogue === undefined ? at.outputs[0]! : at.scratch + wide;
      (narrow ? kernels.gemv_i8 : kernels.gemv_i16)(at.constants, x, address, outputs, inputs);
      const range = { channel: 0, channels: outputs, pixel: 0, pixels: 1 };
      epilogue?.apply(engine, { address, stride: 1, type }, range, at.outputs, at.constants + constants);
    },
  });
  return { lowering: fuse(), type, fuse };
}
