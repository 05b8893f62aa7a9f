import type { OverlayName } from '../../scaling/index.js';
import type { ActivationRange } from '../../verification/activation-ranges.js';
import type { Verdict } from '../../verification/verdict/verdict.js';
import type { Verification, VerifiedLayer } from '../../verification/verification.js';
import type { NextCommand } from '../next-commands.js';

/** A picture of a report as a PNG file. */
export interface Picture {
  readonly caption: string;
  readonly png: Uint8Array;
}

/** The weights of a layer, by output channel. */
export interface WeightRanges {
  /** The largest magnitude. */
  readonly largest: readonly number[];
  /** `th_params` of the scaling file. */
  readonly thresholds: readonly number[];
}

/** A layer with all that a report shows of it. */
export interface ReportedLayer extends VerifiedLayer {
  readonly range: ActivationRange | null;
  readonly weights: WeightRanges | null;
  /** The largest magnitude in its accumulator over the images of the ranges; null where it has none. */
  readonly largestSum: number | null;
}

/** What an output keeps, in dB, with only a part of the network in codes. */
export interface OutputParts {
  /** The layer that gives it. */
  readonly output: string;
  readonly weights: number;
  readonly activations: number;
  /** Both in codes, everything else exact. */
  readonly both: number;
  /** As the overlay computes it. */
  readonly deployed: number;
}

/** A node of the network's picture. */
export interface NetworkNode {
  readonly name: string;
  readonly type: string;
  /** Nodes that it reads, by their place in the list. */
  readonly inputs: readonly number[];
  /** What it keeps as deployed, in dB; null where it is not compared. */
  readonly sqnr: number | null;
}

/** An image with another best class than in float: the five best of both, best first. */
export interface FlippedImage {
  readonly name: string;
  readonly float: readonly number[];
  readonly fixed: readonly number[];
  readonly png: Uint8Array | null;
}

/** One line about what made a result. */
export interface Origin {
  readonly name: string;
  readonly value: string;
}

/** What a report of a verification shows, as plain data. */
export interface VerificationReport {
  readonly title: string;
  readonly subtitle: string;
  readonly overlay: OverlayName;
  readonly version: string;
  readonly verification: Pick<Verification, 'images' | 'agreement' | 'accuracy'>;
  readonly verdict: Verdict;
  /** Command lines that go on from the verdict. */
  readonly commands: readonly NextCommand[];
  readonly layers: readonly ReportedLayer[];
  readonly network: readonly NetworkNode[];
  /** Of each output. */
  readonly parts: readonly OutputParts[];
  /** What enters the network, in words. */
  readonly input: string;
  readonly pictures: readonly Picture[];
  /** How many images the ranges, histograms, accumulators and parts are of. */
  readonly rangeImages: number;
  readonly flipped: readonly FlippedImage[];
  /** How many images changed their best class; `flipped` holds the first of them. */
  readonly changed: number;
  readonly origins: readonly Origin[];
}
