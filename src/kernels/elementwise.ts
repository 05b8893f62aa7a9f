import type { OutputShape } from './epilogue.js';
import { type Activation, aligned, channelBytes, finishing, type Lowering, writeFinish } from './lowering.js';

const nothing = { constants: 0, scratch: 0, prepare: (): void => {} };

/** An activation on its own, in place if input and output are the same: one slope for all, or one per channel. */
export function lowerActivationF32({ channels, pixels, layout }: OutputShape, activation: Activation): Lowering {
  const slopes = channelBytes(channels);
  const planar = layout === 'NCHW';
  return {
    constants: 2 * slopes,
    scratch: 0,
    prepare: ({ heap }, at) => writeFinish(heap, at, at + slopes, channels, null, activation),
    run({ kernels }, at) {
      const kernel = planar ? kernels.activate_f32 : kernels.activate_columns_f32;
      const [rows, columns] = planar ? [channels, pixels] : [pixels, channels];
      kernel(at.inputs[0]!, at.outputs[0]!, rows, columns, ...finishing(at.constants + slopes, activation));
    },
  };
}

/** x * scale[c] + shift[c], each operation rounded to float32; in place if input and output are the same. */
export function lowerAffineF32(
  { channels, pixels, layout }: OutputShape,
  scale: Float32Array,
  shift: Float32Array | null,
): Lowering {
  const shifts = aligned(channels * 4);
  const planar = layout === 'NCHW';
  return {
    constants: 2 * shifts,
    scratch: 0,
    prepare({ heap }, at) {
      heap.f32(at, channels).set(scale);
      heap
        .f32(at + shifts, channels)
        .fill(0)
        .set(shift ?? []);
    },
    run({ kernels }, at) {
      const kernel = planar ? kernels.affine_f32 : kernels.affine_columns_f32;
      const [rows, columns] = planar ? [channels, pixels] : [pixels, channels];
      kernel(at.inputs[0]!, at.outputs[0]!, rows, columns, at.constants, at.constants + shifts);
    },
  };
}

/** Two or more inputs joined by one operation from the first to the last, each result rounded to float32. */
export function lowerFoldF32(count: number, operation: 'add' | 'multiply' | 'max'): Lowering {
  return {
    ...nothing,
    run({ kernels }, at) {
      const kernel = kernels[`${operation}_f32`];
      const target = at.outputs[0]!;
      kernel(at.inputs[0]!, at.inputs[1]!, target, count);
      for (const input of at.inputs.slice(2)) kernel(target, input, target, count);
    },
  };
}

/** Largest code of two or more inputs. */
export function lowerMaxCodes(count: number, bits: number): Lowering {
  return {
    ...nothing,
    run({ kernels }, at) {
      const kernel = bits === 8 ? kernels.max_i8 : kernels.max_i16;
      const target = at.outputs[0]!;
      kernel(at.inputs[0]!, at.inputs[1]!, target, count);
      for (const input of at.inputs.slice(2)) kernel(target, input, target, count);
    },
  };
}

/**
 * float32(sum of factors[i] * code) in double, one factor (coefficient * sf) per input (QUANTIZER.md, section 4, "Eltwise
 * SUM"), then a rectifier or ceiling if given (`activation` with slopes of 0).
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
    ...nothing,
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
    ...nothing,
    run({ kernels }, at) {
      const join = bits === 8 ? kernels.join_i8 : kernels.join_i16;
      signs.forEach((sign, index) => join(at.inputs[index]!, at.outputs[0]!, count, sign, index > 0 ? 1 : 0));
    },
  };
}

/**
 * Concat: `outer` blocks, each made of the inputs' runs one after the other. `runs`: elements of each input in a block,
 * `bytes` of an element.
 */
export function lowerConcat(outer: number, runs: readonly number[], bytes: number): Lowering {
  const total = runs.reduce((sum, run) => sum + run, 0) * bytes;
  return {
    ...nothing,
    run({ kernels }, at) {
      let offset = at.outputs[0]!;
      runs.forEach((run, index) => {
        kernels.copy_rows(at.inputs[index]!, run * bytes, offset, total, outer, run * bytes);
        offset += run * bytes;
      });
    },
  };
}
