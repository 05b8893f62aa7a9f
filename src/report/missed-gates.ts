import { fail } from '../error.js';
import type { OverlayName } from '../scaling/index.js';
import { type Fault, isFault } from '../scaling-file/fault.js';
import type { Verification, VerifiedLayer } from '../verification/verification.js';
import { counted, percent } from './words.js';

/** Limits that make a verification a gate. Shares are 0 to 1. */
export interface VerificationGates {
  /** Smallest signal-to-quantization-noise ratio, in dB, of every layer as deployed. */
  readonly minSqnr?: number | undefined;
  /** Smallest share of images whose best class is that of the float network. */
  readonly minAgreement?: number | undefined;
  /** Largest drop of the share of images that are classified as labelled, against the float network. */
  readonly maxAccuracyDrop?: number | undefined;
  /** The share of images that the float network is known to classify as labelled; one far below it misses the gate. */
  readonly expectAccuracy?: number | undefined;
}

/**
 * Throws `usage` for a gate on class scores where no output of a network can have them. `hasScores`: whether one can: their
 * figures alone tell whether it has.
 */
export function expectScores(
  hasScores: boolean,
  { minAgreement, maxAccuracyDrop, expectAccuracy }: VerificationGates,
): void {
  if (hasScores) return;
  if (minAgreement !== undefined) noScores('--min_agreement');
  if (maxAccuracyDrop !== undefined) noScores('--max_accuracy_drop');
  if (expectAccuracy !== undefined) noScores('--expect_accuracy');
}

function noScores(flag: string): never {
  return fail(
    'usage',
    flag,
    'expected a network with one output of class scores, got none.',
    'Leave it out, or choose the output with --output_layer.',
  );
}

/** One sentence for each gate that a verification missed. Throws `usage` for a gate on figures that there are none of. */
export function missedGates(verification: Verification, gates: VerificationGates): string[] {
  return [
    ...missedSqnr(verification, gates.minSqnr),
    ...missedAgreement(verification, gates.minAgreement),
    ...missedAccuracy(verification, gates.maxAccuracyDrop),
    ...missedExpectation(verification, gates.expectAccuracy),
  ];
}

/** A file that is wrong for its network or overlay fails whatever the figures say: one sentence, or none. */
export function wrongFile(faults: readonly Fault[], overlay: OverlayName): string[] {
  const count = faults.filter(isFault).length;
  if (count === 0) return [];
  return [
    `The scaling file does not fit (${counted(count, 'fault')} as a file for overlay ${overlay}). xfdnn check tells what can be repaired.`,
  ];
}

function missedSqnr({ layers }: Verification, least: number | undefined): string[] {
  if (least === undefined) return [];
  const ratio = (layer: VerifiedLayer): number => layer.accumulated.sqnr;
  // A comparison with NaN is false: what is not known to be good is missed.
  const [first, ...others] = layers.filter((layer) => !(ratio(layer) >= least));
  if (first === undefined) return [];
  const lowest = others.reduce((low, layer) => (ratio(layer) < ratio(low) ? layer : low), first);
  return [
    `--min_sqnr: expected at least ${least} dB at every layer, got ${ratio(lowest).toFixed(2)} dB at layer "${lowest.name}".`,
  ];
}

function missedAgreement({ agreement }: Verification, least: number | undefined): string[] {
  if (least === undefined) return [];
  if (agreement === null) return noScores('--min_agreement');
  if (agreement.top1 >= least) return [];
  return [`--min_agreement: expected at least ${percent(least)}, got ${percent(agreement.top1)}.`];
}

function missedAccuracy(verification: Verification, most: number | undefined): string[] {
  if (most === undefined) return [];
  const { float, fixed } = accuracyOf(verification, '--max_accuracy_drop');
  const drop = float.top1 - fixed.top1;
  if (drop <= most) return [];
  return [
    `--max_accuracy_drop: expected at most ${percent(most)}, got ${percent(drop)}: ${percent(float.top1)} in float, ${percent(fixed.top1)} on the overlay.`,
  ];
}

function accuracyOf({ accuracy }: Verification, flag: string): NonNullable<Verification['accuracy']> {
  return (
    accuracy ??
    fail(
      'usage',
      flag,
      'expected --labels and a network with one output of class scores, got neither or one.',
      'Pass a text file with a line "file class" for each image.',
    )
  );
}

/** A float accuracy misses its expectation by more than so many standard errors of the images, and by at least so much. */
const EXPECTED = { errors: 3, least: 0.02 } as const;

/** The float network does what it was trained for where its input is what it was trained on: preprocessing is the first suspect. */
function missedExpectation(verification: Verification, expected: number | undefined): string[] {
  if (expected === undefined) return [];
  const { float } = accuracyOf(verification, '--expect_accuracy');
  const error = Math.sqrt((expected * (1 - expected)) / verification.images);
  if (float.top1 >= expected - Math.max(EXPECTED.least, EXPECTED.errors * error)) return [];
  return [
    `--expect_accuracy: expected about ${percent(expected)} in float, got ${percent(float.top1)} of ${counted(verification.images, 'image')}. The likely cause is preprocessing, which is wrong for float and overlay alike: --channel_swap, --raw_scale, --mean_value, --input_scale, --resize; --preview FOLDER shows what enters the network. Another order of classes in --labels looks the same.`,
  ];
}
