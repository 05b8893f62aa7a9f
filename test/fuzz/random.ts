/** Draws from a seeded generator; the same seed gives the same draws on every machine. */
export interface Random {
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  of<T>(list: readonly T[]): T;
  /** Whether one of `in` equally likely cases came. */
  once(inCases: number): boolean;
}

/** The generator of a case: every case of a seed has its own, so that one case can be repeated alone. */
export function randomOf(seed: number, index: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return { below, of: (list) => list[below(list.length)]!, once: (cases) => below(cases) === 0 };
}
