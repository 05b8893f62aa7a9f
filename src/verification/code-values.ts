import type { EmulatedValue } from '../emulator/emulator.js';
import { CODES, type Grid, stepOf } from '../fixed/grid.js';
import { type Codes, unquantizeTensorArray } from '../fixed/index.js';
import type { Engine } from '../kernels/engine.js';
import type { Tensor, TypedArray } from '../tensor.js';

/** Codes of float32 values, each the nearest one, ties to even; 0 on a grid without a step. */
export function nearestCodes(engine: Engine, data: Float32Array, grid: Grid): Codes {
  const { heap } = engine;
  const count = data.length;
  const from = heap.alloc(data.byteLength);
  heap.f32(from, count).set(data);
  const to = nearestCodesAt(engine, from, count, grid);
  const codes = heap[CODES[grid.bits].element](to, count).slice();
  for (const pointer of [from, to]) heap.free(pointer);
  return codes;
}

/** {@link nearestCodes} of values in the memory of the engine, at a new address there. */
export function nearestCodesAt({ heap, kernels }: Engine, from: number, count: number, grid: Grid): number {
  const step = stepOf(grid);
  const { bytes, element, largest } = CODES[grid.bits];
  const to = heap.alloc(count * bytes);
  if (step === 0) heap.u8(to, count * bytes).fill(0);
  else kernels[`nearest_${element}`](from, to, count, step, largest);
  return to;
}

/** Codes in the unit of the activations, looked up: the values of a grid are computed once. */
export class CodeValues {
  private readonly tables = new Map<string, Float32Array>();

  /** `unquantizeTensor` of each code; floats as they are. */
  floats({ placement, tensor }: EmulatedValue): Float32Array {
    return placement.kind === 'float' ? asFloats(tensor) : this.ofCodes(tensor.data, placement.grid);
  }

  /** `unquantizeTensor` of each code. */
  ofCodes(codes: TypedArray, grid: Grid): Float32Array {
    const table = this.table(grid);
    const floats = new Float32Array(codes.length);
    const zero = table.length / 2;
    for (let i = 0; i < codes.length; i++) floats[i] = table[codes[i]! + zero]!;
    return floats;
  }

  private table({ threshold, bits }: Grid): Float32Array {
    const key = `${threshold} ${bits}`;
    const known = this.tables.get(key);
    if (known !== undefined) return known;
    const { smallest } = CODES[bits];
    const codes = Int32Array.from({ length: -2 * smallest }, (_, i) => i + smallest);
    const table = unquantizeTensorArray(threshold, bits, codes);
    this.tables.set(key, table);
    return table;
  }
}

const asFloats = ({ data }: Tensor<TypedArray>): Float32Array => data as Float32Array;
