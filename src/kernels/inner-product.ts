import type { Accumulation, CodeBits } from './accumulate.js';
import { boundCodes, type Codes, expectExactSums } from './codes.js';
import type { Engine } from './engine.js';
import { type Epilogue, sumBytes } from './epilogue.js';
import { type Activation, aligned, channelBytes, finishing, type Lowering, writeFinish } from './lowering.js';
import { matrixRows } from './matrix-rows.js';

/** Sizes of a matrix-vector product: weights are [outputs][inputs], row-major. */
export interface InnerProductGeometry {
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * y = W x in float32, one accumulator per output that starts at +0, products added in ascending k; then + bias, then
 * the activation. Weights stay row-major, so the largest matrix is read once per run and never packed.
 */
export function lowerInnerProductF32(
  { inputs, outputs }: InnerProductGeometry,
  weights: Float32Array,
  bias: Float32Array | null,
  activation?: Activation,
): Lowering {
  const rows = matrixRows(weights, outputs, 'f32');
  const slopesAt = rows.constants + channelBytes(outputs);
  return {
    constants: slopesAt + channelBytes(outputs),
    scratch: rows.scratch,
    prepare({ heap }, at) {
      rows.prepare(heap, at);
      writeFinish(heap, at + rows.constants, at + slopesAt, outputs, bias, activation);
    },
    run({ heap, kernels }, { inputs: [x], outputs: [y], constants, scratch }) {
      const [slopes, low, high] = finishing(constants + slopesAt, activation);
      rows.forEachPiece(heap, { constants, scratch }, (at, row, count) => {
        const [biasAt, slopeAt] = [constants + rows.constants + row * 4, slopes === 0 ? 0 : slopes + row * 4];
        kernels.gemv_f32(at, x!, y! + row * 4, count, inputs, biasAt, slopeAt, low, high);
      });
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
  const rows = matrixRows(weights, outputs, narrow ? 'i8' : 'i16');
  const wide = bits.input === 8 ? aligned(inputs * 2) : 0;
  const sumsAt = rows.scratch + wide;
  const multiply = (
    { heap, kernels }: Engine,
    x: number,
    y: number,
    at: { constants: number; scratch: number },
  ): void =>
    rows.forEachPiece(heap, at, (piece, row, count) =>
      (narrow ? kernels.gemv_i8 : kernels.gemv_i16)(piece, x, y + row * sumBytes(type), count, inputs),
    );
  const fuse = (epilogue?: Epilogue): Lowering => ({
    constants: rows.constants + (epilogue?.constants ?? 0),
    scratch: sumsAt + (epilogue === undefined ? 0 : aligned(outputs * sumBytes(type))),
    prepare(engine, at) {
      rows.prepare(engine.heap, at);
      epilogue?.prepare(engine, at + rows.constants);
    },
    run(engine, at) {
      const widened = at.scratch + rows.scratch;
      if (bits.input === 8) engine.kernels.widen_i8(at.inputs[0]!, widened, inputs);
      const address = epilogue === undefined ? at.outputs[0]! : at.scratch + sumsAt;
      multiply(engine, bits.input === 8 ? widened : at.inputs[0]!, address, at);
      const range = { channel: 0, channels: outputs, pixel: 0, pixels: 1 };
      epilogue?.apply(engine, { address, stride: 1, type }, range, at.outputs, at.constants + rows.constants);
    },
  });
  return { lowering: fuse(), type, fuse };
}
