import type { Calibrator } from '../calibration/thresholds/index.js';
import { fail } from '../error.js';
import type { BitWidth } from '../fixed/grid.js';
import {
  clipsBeforeScaling,
  MULTIPLIER_KINDS,
  type MultiplierKind,
  OVERLAY_NAMES,
  type OverlayName,
} from '../scaling/index.js';
import type { Grade } from '../verification/verdict/verdict.js';

/** One way to quantize a network. */
export interface AdvisedChoice {
  readonly overlay: OverlayName;
  readonly calibrator: Calibrator;
  readonly multipliers: MultiplierKind;
  readonly bits: BitWidth;
}

/** A choice with what came of it. */
export interface AdvisedRow extends AdvisedChoice {
  /** The flags of `quantize` for it. */
  readonly flags: string;
  /** Null where it cannot be done; `error` says why. */
  readonly grade: Grade | null;
  /** Share of images that keep the best class of float; null where no output looks like class scores. */
  readonly agreement: number | null;
  /** Share of images that are classified as labelled, on the overlay and in float32; null without labels. */
  readonly floatAccuracy: number | null;
  readonly accuracy: number | null;
  /** dB at the network's output; null where none is compared. */
  readonly sqnr: number | null;
  /** Why it cannot be done; null where it can. */
  readonly error: string | null;
  /** How long calibration and judgement took. Nothing else of a row depends on the machine. */
  readonly seconds: number;
}

/** Choices in their ranks. */
export interface Advice {
  /** The best first. */
  readonly rows: readonly AdvisedRow[];
  /** The best of each overlay and width, the best first: a board has one overlay, and 16 bits take twice the time and memory. */
  readonly best: readonly AdvisedRow[];
  /** Share of images that float32 classifies as labelled; null without labels. */
  readonly floatAccuracy: number | null;
}

/** The lists that choices are made of; defaults where absent. */
export interface ChoiceLists {
  readonly overlays?: readonly OverlayName[] | undefined;
  readonly calibrators?: readonly Calibrator[] | undefined;
  readonly bits?: readonly BitWidth[] | undefined;
  readonly multipliers?: readonly MultiplierKind[] | undefined;
}

const CALIBRATORS: readonly Calibrator[] = ['mse', 'reference', 'max', 'percentile:99.999'];

/**
 * Every combination of the lists. Multipliers that are not given are those of `quantize`, and for `mse` both kinds. Throws
 * `usage` for a name that there is not.
 */
export function choicesOf({ overlays, calibrators, bits, multipliers }: ChoiceLists): AdvisedChoice[] {
  expectKnown('--overlays', overlays, OVERLAY_NAMES);
  expectKnown('--multipliers', multipliers, MULTIPLIER_KINDS);
  return (overlays ?? OVERLAY_NAMES).flatMap((overlay) =>
    (bits ?? ([8, 16] as const)).flatMap((width) =>
      (calibrators ?? CALIBRATORS).flatMap((calibrator) =>
        (multipliers ?? defaultKinds(overlay, width, calibrator)).map((kind) => ({
          overlay,
          calibrator,
          multipliers: kind,
          bits: width,
        })),
      ),
    ),
  );
}

function expectKnown(flag: string, given: readonly string[] | undefined, known: readonly string[]): void {
  const wrong = given?.find((name) => !known.includes(name));
  if (wrong !== undefined || given?.length === 0)
    fail('usage', flag, `expected some of ${known.join(', ')}, got "${wrong ?? ''}".`, 'Separate them by commas.');
}

function defaultKinds(overlay: OverlayName, bits: BitWidth, calibrator: Calibrator): MultiplierKind[] {
  if (!clipsBeforeScaling(overlay, bits) || calibrator === 'reference') return ['natural'];
  return calibrator === 'mse' ? ['exact', 'natural'] : ['exact'];
}

/** The flags of `quantize` for a choice, each of them stated. */
export function flagsOf({ overlay, calibrator, multipliers, bits }: AdvisedChoice): string {
  return `--overlay ${overlay} --bitwidths ${bits},${bits},${bits} --calibrator ${calibrator} --multipliers ${multipliers}`;
}

/**
 * Ranks rows: by grade, then by accuracy, of which more than float32 has counts as equal, then by agreement, then by dB;
 * equal ones with 8 bits before 16, else in the order of the choices.
 */
export function adviceOf(rows: readonly AdvisedRow[]): Advice {
  const accuracy = (row: AdvisedRow): number | null =>
    row.accuracy === null ? null : Math.min(row.accuracy, row.floatAccuracy ?? 1);
  const ranked = [...rows].sort(
    (a, b) =>
      gradeRank(a) - gradeRank(b) ||
      compare(accuracy(a), accuracy(b)) ||
      compare(a.agreement, b.agreement) ||
      compare(a.sqnr, b.sqnr) ||
      a.bits - b.bits,
  );
  const isFirst = (row: AdvisedRow): boolean =>
    row.error === null && row === ranked.find(({ overlay, bits }) => overlay === row.overlay && bits === row.bits);
  const floatAccuracy = rows.find((row) => row.floatAccuracy !== null)?.floatAccuracy ?? null;
  return { rows: ranked, best: ranked.filter(isFirst), floatAccuracy };
}

const GRADES: readonly (Grade | null)[] = ['good', 'degraded', 'broken', null];
const gradeRank = ({ grade }: AdvisedRow): number => GRADES.indexOf(grade);

/** The larger first; null last. */
function compare(a: number | null, b: number | null): number {
  const [x, y] = [a ?? -Infinity, b ?? -Infinity];
  return x === y ? 0 : y - x;
}
