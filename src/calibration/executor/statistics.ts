/** Statistics of |x| over elements of some images. Exact: parts merge in any order. */
export interface Statistics {
  /** Largest magnitude; 0 of no elements; NaN or infinite where an element is. */
  readonly max: number;
  /** Smallest magnitude; infinite of no elements. */
  readonly min: number;
  readonly count: number;
  /** Number of the first image that holds a NaN or an infinity; -1 if none does. */
  readonly bad: number;
}

/** Statistics of two disjoint parts taken together. */
export function merge(a: Statistics, b: Statistics): Statistics {
  const bad = a.bad < 0 ? b.bad : b.bad < 0 ? a.bad : Math.min(a.bad, b.bad);
  return { max: Math.max(a.max, b.max), min: Math.min(a.min, b.min), count: a.count + b.count, bad };
}

/** Statistics of no elements: the neutral element of {@link merge}. */
export const nothing: Statistics = { max: 0, min: Infinity, count: 0, bad: -1 };
