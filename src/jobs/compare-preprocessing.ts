import type { ImageSource, Preprocessing } from '../images/index.js';
import type { JobHooks } from './hooks.js';
import type { RecordedCalibration } from './manifest-flags.js';
import { valueFlags } from './shown-preprocessing.js';

/**
 * Warns where images enter with another preprocessing than those of a calibration did, as its manifest records it: the
 * thresholds are those of another input then. Of several inputs the first one's is recorded.
 */
export function warnOfOtherPreprocessing(
  manifest: string,
  { preprocessing: recorded }: RecordedCalibration,
  source: ImageSource,
  { warn }: JobHooks,
): void {
  const [first] = 'inputs' in source ? source.inputs : [source];
  if (recorded === undefined || first === undefined || !('paths' in first)) return;
  const [own, other] = [wordsOf(first.preprocessing), wordsOf(recorded)];
  const differing = [...own.keys()].filter((flag) => own.get(flag) !== other.get(flag));
  if (differing.length === 0) return;
  const list = (words: ReadonlyMap<string, string>): string =>
    differing.map((flag) => `--${flag} ${words.get(flag)}`).join(' ');
  warn?.(
    `warning: the images enter with ${list(own)}, those of the calibration with ${list(other)} (${manifest}). Thresholds are those of another input: calibrate and verify with the same flags.`,
  );
}

/** The preprocessing of images as flags; undefined where they are arrays, or enter several inputs. */
export function preprocessingWords(source: ImageSource): string | undefined {
  if (!('paths' in source) || source.preprocessing.kind !== 'image') return undefined;
  return Object.entries(valueFlags(source.preprocessing))
    .map(([flag, value]) => `--${flag} ${String(value)}`)
    .join(' ');
}

/** The values of a preprocessing by flag, as words. */
function wordsOf(preprocessing: Preprocessing): ReadonlyMap<string, string> {
  const { transpose, resize } = preprocessing;
  return new Map(
    Object.entries({ transpose, ...valueFlags(preprocessing), resize }).map(([flag, value]) => [flag, String(value)]),
  );
}
