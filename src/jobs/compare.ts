import { compareScaling, type ScalingComparison } from '../scaling-file/compare.js';
import { loadScaling } from './scaling-file.js';

/** The largest relative change that passes where no tolerance is given. */
export const DEFAULT_TOLERANCE = 0.01;

/** The arguments and flags of `compare`. */
export interface CompareFlags {
  /** Path of a scaling file. */
  readonly first: string;
  /** Path of another. */
  readonly second: string;
  /** Largest relative change that passes; 0.01 where absent. */
  readonly tolerance?: number | undefined;
}

/** The differences that `compare` found. */
export interface CompareResult extends ScalingComparison {
  /** Largest relative change that passes. */
  readonly tolerance: number;
  /** Whether both files have the same entries, and no number moved by more than the tolerance. */
  readonly passed: boolean;
}

/** Compares two scaling files. Throws `file` and `format`. */
export async function compareFiles({
  first,
  second,
  tolerance = DEFAULT_TOLERANCE,
}: CompareFlags): Promise<CompareResult> {
  const comparison = compareScaling(await loadScaling(first), await loadScaling(second));
  const alike = comparison.onlyFirst.length === 0 && comparison.onlySecond.length === 0;
  return { ...comparison, tolerance, passed: alike && comparison.moves.every(({ relative }) => relative <= tolerance) };
}
