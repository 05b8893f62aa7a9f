import { type Activation, aligned, finishing, type Lowering, withoutConstants } from './lowering.js';

/**
 * How an activation's input is seen: `rows` x `columns` elements, row-major. The slopes belong to rows (channels first),
 * to columns (channels last), or there is one for all.
 */
export interface ActivationShape {
  readonly rows: number;
  readonly columns: number;
  readonly slopesOf: 'rows' | 'columns';
}

/** `y = x < 0 ? x * slope : x` in float32, then at most `ceiling`. `slopes` null: negative elements become +0. */
export function lowerActivationF32(
  { rows, columns, slopesOf }: ActivationShape,
  slopes: ArrayLike<number> | null,
  ceiling: number,
): Lowering {
  return {
    constants: slopes === null ? 0 : aligned(slopes.length * 4),
    scratch: 0,
    prepare({ heap }, at) {
      if (slopes !== null) heap.f32(at, slopes.length).set(slopes);
    },
    run({ kernels }, at) {
      const activate = slopesOf === 'rows' ? kernels.activate_f32 : kernels.activate_columns_f32;
      const [slopesAt, low] = slopes === null ? [0, 0] : [at.constants, -Infinity];
      activate(at.inputs[0]!, at.outputs[0]!, rows, columns, slopesAt, low, ceiling);
    },
  };
}

/** Two or more float32 inputs joined by one operation from the first to the last, each result rounded to float32. */
export function lowerFoldF32(count: number, operation: 'sum' | 'product' | 'max'): Lowering {
  const kernel = ({ sum: 'add_f32', product: 'multiply_f32', max: 'max_f32' } as const)[operation];
  return {
    ...withoutConstants,
    scratch: 0,
    run: ({ kernels }, { inputs, outputs }) => foldInto(kernels[kernel], inputs, outputs[0]!, count),
  };
}

/** Calls a kernel of two operands for the first two inputs, then for the result and each further input. */
function foldInto(
  kernel: (a: number, b: number, target: number, count: number) => void,
  inputs: readonly number[],
  target: number,
  count: number,
): void {
  kernel(inputs[0]!, inputs[1]!, target, count);
  for (const input of inputs.slice(2)) kernel(target, input, target, count);
}

/** Largest code of two or more inputs. */
export function lowerMaxCodes(count: number, bits: number): Lowering {
  return {
    ...withoutConstants,
    scratch: 0,
    run: ({ kernels }, { inputs, outputs }) =>
      foldInto(bits === 8 ? kernels.max_i8 : kernels.max_i16, inputs, outputs[0]!, count),
  };
}

/**
 * float32(sum of factors[i] * code) in double, one factor (coefficient * sf) per input (docs/spec/quantizer.md, section 4,
 * "Eltwise SUM"), then a rectifier or ceiling if given (`activation` with slopes of 0).
 */
export function lowerSumCodes(
  count: number,
  factors: readonly number[],
  bits: number,
  activation?: Activation,
): Lowering {
  const [, low, high] = finishing(0, activation);
  const two = factors.length === 2;
  return {
    ...withoutConstants,
    scratch: two ? 0 : aligned(count * 8),
    run({ kernels }, { inputs, outputs, scratch }) {
      if (two) {
        (bits === 8 ? kernels.sum_i8 : kernels.sum_i16)(
          inputs[0]!,
          inputs[1]!,
          outputs[0]!,
          count,
          factors[0]!,
          factors[1]!,
          low,
          high,
        );
        return;
      }
      const weigh = bits === 8 ? kernels.weigh_i8 : kernels.weigh_i16;
      factors.forEach((factor, index) => weigh(inputs[index]!, scratch, count, factor, index > 0 ? 1 : 0));
      kernels.round_f64(scratch, outputs[0]!, count);
      if (activation !== undefined) kernels.activate_f32(outputs[0]!, outputs[0]!, 1, count, 0, low, high);
    },
  };
}

/** Int32 sum of codes, each with its sign: the overlay's Eltwise SUM before its `interLayer`. */
export function lowerJoinCodes(count: number, signs: readonly number[], bits: number): Lowering {
  return {
    ...withoutConstants,
    scratch: 0,
    run({ kernels }, at) {
      const join = bits === 8 ? kernels.join_i8 : kernels.join_i16;
      signs.forEach((sign, index) => join(at.inputs[index]!, at.outputs[0]!, count, sign, index > 0 ? 1 : 0));
    },
  };
}
