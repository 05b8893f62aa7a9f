import { CODES, type Grid } from '../fixed/grid.js';
import { unquantizeTensor } from '../fixed/index.js';
import type { Engine } from '../kernels/engine.js';
import type { ValuePlacement } from '../placement/placement.js';
import { channelAxis, elements, type Layout, type Shape } from '../tensor.js';
import type { ChannelErrors } from './channel-errors.js';
import type { ErrorSum } from './compare-activations.js';

/** Doubles that a kernel leaves for one comparison, and the place of the last two among them. */
const RESULTS = 6;
const [ERROR, INDEX] = [4, 5];
const RESULT_BYTES = RESULTS * Float64Array.BYTES_PER_ELEMENT;
/** A double for each 8-bit code. */
const TABLE_BYTES = 2 ** 8 * Float64Array.BYTES_PER_ELEMENT;

/** A value in the memory of an engine: its float activations, and what the overlay or its host has for them. */
export interface ComparedValue {
  /** Address of the float32 activations. */
  readonly float: number;
  /** Address of the codes, or float32 of the host, as `placement` says. */
  readonly fixed: number;
  readonly placement: ValuePlacement;
  readonly shape: Shape;
  readonly layout: Layout;
}

/** Compares values where they lie, on kernels. Sums are double, in the order of the elements. */
export class Comparison {
  private readonly results: number;
  private readonly table: number;

  constructor(private readonly engine: Engine) {
    this.results = engine.heap.alloc(2 * RESULT_BYTES);
    this.table = engine.heap.alloc(TABLE_BYTES);
  }

  /** The error of a value, and that of `other` codes on the same grid for it (0: none). `image`: its number in the batch. */
  errors(value: ComparedValue, other: number, image: number): ErrorSum[] {
    const { float, fixed, placement, shape } = value;
    const { kernels } = this.engine;
    const isBoth = other !== 0 && placement.kind === 'codes' && placement.grid.bits === 8;
    if (isBoth) {
      const to = [...decoding(placement.grid), this.table, this.results] as const;
      kernels.compare_two_i8(float, fixed, other, elements(shape), ...to);
    } else {
      this.compare(value, fixed, this.results);
      if (other !== 0) this.compare(value, other, this.results + RESULT_BYTES);
    }
    return (other === 0 ? [fixed] : [fixed, other]).map((from, order) => this.result(value, from, order, image));
  }

  /** The errors of each channel of codes on a grid. */
  channels({ float, fixed, shape, layout }: ComparedValue, grid: Grid): ChannelErrors {
    const { heap, kernels } = this.engine;
    const axis = channelAxis(shape.length, layout);
    const [channels, inner] = [shape[axis] ?? 1, elements(shape.slice(axis + 1))];
    const blocks = elements(shape) / (channels * inner);
    const sums = heap.alloc(3 * channels * Float64Array.BYTES_PER_ELEMENT);
    heap.f64(sums, 3 * channels).fill(0);
    const kernel = kernels[`channel_errors_${CODES[grid.bits].element}`];
    kernel(float, fixed, blocks, channels, inner, ...decoding(grid), sums);
    const all = heap.f64(sums, 3 * channels).slice();
    heap.free(sums);
    const part = (first: number): Float64Array => all.slice(first * channels, (first + 1) * channels);
    return { signal: part(0), noise: part(1), largest: part(2) };
  }

  private compare({ float, placement, shape }: ComparedValue, fixed: number, results: number): void {
    const { kernels } = this.engine;
    const count = elements(shape);
    if (placement.kind === 'float') {
      kernels.compare_f32(float, fixed, count, results);
    } else {
      const kernel = kernels[`compare_${CODES[placement.grid.bits].element}`];
      kernel(float, fixed, count, ...decoding(placement.grid), results);
    }
  }

  private result({ float, placement }: ComparedValue, fixed: number, order: number, image: number): ErrorSum {
    const { heap } = this.engine;
    const results = heap.f64(this.results, 2 * RESULTS).subarray(order * RESULTS);
    const [signal = 0, noise = 0, product = 0, power = 0] = results;
    const [error = 0, index = 0] = [results[ERROR], results[INDEX]];
    if (index < 0) return { signal, noise, product, power, largest: null };
    const [x = 0] = heap.f32(float + 4 * index, 1);
    return {
      signal,
      noise,
      product,
      power,
      largest: { error, image, index, float: x, fixed: this.at(placement, fixed, index) },
    };
  }

  private at(placement: ValuePlacement, address: number, index: number): number {
    const { heap } = this.engine;
    if (placement.kind === 'float') return heap.f32(address, index + 1)[index] ?? 0;
    const { threshold, bits } = placement.grid;
    return unquantizeTensor(threshold, bits, heap[CODES[bits].element](address, index + 1)[index] ?? 0);
  }
}

/** The divisor and the factor that take codes to the unit of the activations, as `unquantizeTensor` does. */
export function decoding({ threshold, bits }: Grid): [divisor: number, factor: number] {
  const { largest } = CODES[bits];
  return [largest, unquantizeTensor(threshold, bits, largest)];
}
