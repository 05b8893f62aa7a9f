import { compareScaling, type ScalingComparison } from '../scaling-file/compare.js';
import { loadScaling } from './scaling-file.js';

/** The flags of `compare`, spelled as on the command line. */
export interface CompareOptions {
  readonly first: string;
  readonly second: string;
  /** Largest relative change that passes; 0.01 where absent. */
  readonly tolerance?: number | undefined;
}

/** What `compare` found. */
export interface CompareResult extends ScalingComparison {
  readonly tolerance: number;
  /** Whether both files have the same entries, and nothing moved by more than the tolerance. */
  readonly passed: boolean;
}

/** Compares two scaling files. Throws `file` and `format`. */
export async function compareFiles({ first, second, tolerance = 0.01 }: CompareOptions): Promise<CompareResult> {
  const comparison = compareScaling(await loadScaling(first), await loadScaling(second));
  const alike = comparison.onlyFirst.length === 0 && comparison.onlySecond.length === 0;
  return { ...comparison, tolerance, passed: alike && comparison.moves.every(({ relative }) => relative <= tolerance) };
}
