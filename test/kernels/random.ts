/** A small seeded generator (mulberry32): integers below `below`. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** Float32 values in -scale..scale. */
export function floats(count: number, seed: number, scale = 1): Float32Array {
  const random = generator(seed);
  return Float32Array.from({ length: count }, () => (random(1 << 24) / (1 << 23) - 1) * scale);
}

/** Integers in -limit..limit. */
export function integers(count: number, seed: number, limit: number): Int16Array {
  const random = generator(seed);
  return Int16Array.from({ length: count }, () => random(2 * limit + 1) - limit);
}
