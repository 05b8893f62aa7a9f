import type { DeployedCloseness } from '../verification/sensitivity/sensitivity.js';
import { counted, percent } from './words.js';

/** The layers of 16 bits that a target takes, and what they give on the images. */
export interface WidthProposal extends DeployedCloseness {
  readonly target: number;
  /** Whether `agreement`, and where the images are too few to count it `expected` too, is at least the target. */
  readonly reached: boolean;
  /** Names of the layers of 16 bits, in network order; all that can have them where the target is missed. */
  readonly layers: readonly string[];
  /** Their share of the network's multiply-accumulates, 0 to 1. */
  readonly macs: number;
  /** Value of `--layer_bits`; empty without layers. */
  readonly layerBits: string;
}

/** What to give 16 bits, what it costs and what it gives; where the target is missed, what was reached. */
export function proposalText(proposal: WidthProposal): string {
  const { layers, macs, reached, target, layerBits } = proposal;
  const goal = `Target ${percent(target)}`;
  const cost = `${counted(layers.length, 'layer')}, ${percent(macs)} of the multiply-accumulates`;
  if (!reached) return `${goal} is missed with 16 bits in all that can have them, ${cost}:\n${figuresOf(proposal)}.\n`;
  const figures = `${figuresOf(proposal)}.${(proposal.expected ?? 1) < target ? ` ${FEW}` : ''}`;
  if (layers.length === 0) return `${goal} is reached without layers of 16 bits:\n${figures}\n`;
  return `${goal} is reached with 16 bits in ${cost}:\n${figures}\n--layer_bits '${layerBits}'\n`;
}

/** Where the images reach a target that others are not expected to reach. */
const FEW = 'More --images make it surer.';

/** One line about a target that is missed. */
export function missedTarget({ target, agreement, expected }: WidthProposal): string {
  return `--target_agreement: expected at least ${percent(target)}, got ${percent(agreement ?? 0)} (expected on other images: ${percent(expected ?? 0)}) with 16 bits wherever they can be. Try another --overlay or --calibrator, or --float_layers.`;
}

function figuresOf({ agreement, expected, sqnr }: WidthProposal): string {
  return `agreement ${percent(agreement ?? 0)} measured on these images, ${percent(expected ?? 0)} expected on others, ${sqnr.toFixed(2)} dB`;
}
