import type { Heap } from './heap.js';

/** Element types of buffers. */
export type Element = 'f32' | 'f64' | 'i8' | 'u8' | 'i16' | 'i32';

/** The arguments of one call by name, as far as they are numbers and not addresses. */
export type Arguments = Readonly<Record<string, number>>;

/** A buffer of a kernel: how many elements it must have, and its valid contents where not every bit pattern is valid. */
export interface Pointer {
  readonly kind: 'in' | 'out' | 'inout';
  readonly name: string;
  readonly element: Element;
  count(given: Arguments): number;
  /** Zero is allowed and means "without". */
  readonly optional: boolean;
  /** Scratch: its contents after the call have no meaning. */
  readonly scratch?: boolean;
  /** Valid contents, where not every bit pattern is; `random` gives integers below its argument. */
  readonly fill?: (given: Arguments, random: (below: number) => number) => ArrayLike<number>;
}

/** A number of a kernel: any of these values is valid. `tile`: a size worked on at once. */
export interface Scalar {
  readonly kind: 'scalar';
  readonly name: string;
  readonly tile?: number;
  /** Its values follow from other arguments. */
  readonly derived?: boolean;
  values(given: Arguments): readonly number[];
}

export type Parameter = Pointer | Scalar;

/** The plain definition of a kernel: the same addresses, on the same heap. Never optimised. */
export type Twin = (heap: Heap, ...args: number[]) => number | void;

/**
 * One kernel: its signature in the order of its arguments, and its twin. Tests are made from it: sizes around
 * each tile, seeded contents and extremes; both must leave the same bytes in the whole memory.
 */
export interface Row<T extends Twin = Twin> {
  readonly parameters: readonly Parameter[];
  /** Pairs of pointers that may be the same address. */
  readonly inPlace?: readonly (readonly [string, string])[];
  readonly twin: T;
}

/** A row, its twin's type kept. */
export function row<T extends (heap: Heap, ...args: any[]) => number | void>(
  parameters: readonly Parameter[],
  twin: T,
  inPlace: Row['inPlace'] = [],
): Row<T & Twin> {
  return { parameters, inPlace, twin: twin as T & Twin };
}

type Count = number | ((given: Arguments) => number);

function pointer(kind: Pointer['kind']) {
  return (
    name: string,
    element: Element,
    count: Count,
    more: Partial<Pick<Pointer, 'optional' | 'fill'>> = {},
  ): Pointer => ({
    kind,
    name,
    element,
    optional: false,
    count: typeof count === 'number' ? () => count : count,
    ...more,
  });
}

export const input = pointer('in');
export const output = pointer('out');
export const both = pointer('inout');

/** A size with the tile the kernel works in (1: element by element). */
export function size(name: string, tile: number): Scalar {
  const around = [1, tile - 1, tile, tile + 1, 2 * tile + Math.ceil(tile / 2) + 1];
  const values = [...new Set(around.filter((value) => value > 0))];
  return { kind: 'scalar', name, tile, values: () => values };
}

/** A number that is one of these. */
export function oneOf(name: string, ...values: number[]): Scalar {
  return { kind: 'scalar', name, values: () => values };
}

/** A number whose valid values follow from other arguments: sizes, and derived ones before it. */
export function derived(name: string, values: (given: Arguments) => readonly number[]): Scalar {
  return { kind: 'scalar', name, values, derived: true };
}
