/** Seeded random whole numbers: the same on every engine (a Lehmer generator, two steps a draw). */
export class Random {
  constructor(private state: number) {}

  private step(): number {
    return (this.state = (this.state * 48271) % 2147483647);
  }

  /** From 0 to below - 1, for `below` up to 2^53. */
  whole(below: number): number {
    return Math.floor(((this.step() - 1) / 2147483646 + (this.step() - 1) / 2147483646 ** 2) * below) % below;
  }

  /** From -2^bits + 1 to 2^bits - 1, every order of magnitude alike. */
  signed(bits: number): number {
    const size = this.whole(2 ** this.whole(bits + 1));
    return this.whole(2) === 0 ? size : -size;
  }

  /** A float32 of magnitude 2^low to 2^high, either sign. */
  float(low: number, high: number): number {
    const size = (1 + this.whole(2 ** 23) / 2 ** 23) * 2 ** (low + this.whole(high - low));
    return Math.fround(this.whole(2) === 0 ? size : -size);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.whole(list.length)]!;
  }
}
