import type { Engine } from '../kernels/engine.js';
import type { Addresses, Lowering } from '../kernels/lowering.js';

/** Codes on the heap: int8 at 8 bits, int16 at 16. */
export function codesAt(engine: Engine, at: number, count: number, bits: number): Int8Array | Int16Array {
  return bits === 8 ? engine.heap.i8(at, count) : engine.heap.i16(at, count);
}

/** A lowering that needs no memory of its own. */
export function plainLowering(run: (engine: Engine, at: Addresses) => void): Lowering {
  return { constants: 0, scratch: 0, prepare: () => {}, run };
}

/**
 * The type that holds every sum of products of input codes with rows of `depth` weight codes: int32 where all widths
 * are 8 bits and no row's `sum |w| * 128` reaches 2^31; else float64, exact below 2^53 (30-bit products, 2^23 of them).
 */
export function accumulatorType(weightCodes: Int16Array, depth: number, bits: { input: number; params: number }): 'i32' | 'f64' {
  if (bits.input !== 8 || bits.params !== 8) return 'f64';
  for (let from = 0; from < weightCodes.length; from += depth) {
    const total = weightCodes.subarray(from, from + depth).reduce((sum, code) => sum + Math.abs(code), 0);
    if (total * 128 >= 2 ** 31) return 'f64';
  }
  return 'i32';
}

/** The heap as the accumulators' type. */
export function sumsAt(engine: Engine, at: number, count: number, type: 'i32' | 'f64'): Int32Array | Float64Array {
  return type === 'i32' ? engine.heap.i32(at, count) : engine.heap.f64(at, count);
}
