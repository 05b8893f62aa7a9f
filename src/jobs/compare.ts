import { keepingFiles, VERSION, writeFileAtomic } from '../platform/index.js';
import { comparisonReport } from '../report/html/comparison-report.js';
import { compareScaling, type ScalingComparison } from '../scaling-file/compare.js';
import { checkOutputs } from './outputs.js';
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
  /** Path of a report as one HTML file. */
  readonly report?: string | undefined;
}

/** The differences that `compare` found. */
export interface CompareResult extends ScalingComparison {
  /** Largest relative change that passes. */
  readonly tolerance: number;
  /** Whether both files have the same entries, and no number moved by more than the tolerance. */
  readonly passed: boolean;
}

/**
 * Compares two scaling files. Throws `file`, `format`, and `usage` for a report in the place of a file that is read.
 *
 * @function
 */
export const compareFiles = keepingFiles(comparisonJob);

async function comparisonJob({
  first,
  second,
  tolerance = DEFAULT_TOLERANCE,
  report,
}: CompareFlags): Promise<CompareResult> {
  await checkOutputs({ '--report': report }, [first, second]);
  const files = [await loadScaling(first), await loadScaling(second)] as const;
  const comparison = { ...compareScaling(...files), tolerance };
  if (report !== undefined) {
    const text = comparisonReport({ version: VERSION, names: [first, second], files, comparison });
    await writeFileAtomic(report, text);
  }
  const alike = comparison.onlyFirst.length === 0 && comparison.onlySecond.length === 0;
  return { ...comparison, passed: alike && comparison.moves.every(({ relative }) => relative <= tolerance) };
}
