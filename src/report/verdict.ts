import type { Cause } from '../verification/verdict/causes.js';
import type { Verdict } from '../verification/verdict/verdict.js';
import { counted, percent } from './words.js';

/** A ratio in words. */
export const decibels = (value: number): string =>
  Number.isFinite(value) ? `${value.toFixed(1)} dB` : value > 0 ? 'no noise' : 'nothing but noise';

/** One line about a quick look, and where the network is not good a sentence about the cause and what to try. */
export function quickLookText(verdict: Verdict, overlay: string): string {
  const { grade, images, kept, output, worst } = verdict;
  const figures = [
    ...(output === null ? [] : [`${decibels(output.sqnr)} at "${output.layer}"`]),
    ...(kept === null ? [] : [`${kept} of ${images} keep their best class`]),
    ...(worst === null ? [] : [`worst layer${worst.alone ? ' alone' : ''} "${worst.layer}", ${decibels(worst.sqnr)}`]),
  ];
  const line = `Quick look on overlay ${overlay}, ${counted(images, 'calibration image')}: ${[grade, ...figures].join('; ')}.`;
  return [line, ...adviceLines(verdict)].map((text) => `${text}\n`).join('');
}

/** The verdict of a verification: its grade, where it falls, why, and what to try. */
export function verdictLines(verdict: Verdict): string[] {
  const { grade, images, kept, output } = verdict;
  const figures = [
    ...(output === null ? [] : [`${decibels(output.sqnr)} at "${output.layer}"`]),
    ...(kept === null ? [] : [`${kept} of ${images} images keep their best class`]),
  ];
  return [`Verdict: ${[grade, ...figures].join('; ')}.`, ...adviceLines(verdict)];
}

function adviceLines(verdict: Verdict): string[] {
  const { cliff, next } = verdict;
  if (verdict.grade === 'good') return [];
  const channel = cliff?.channel == null ? '' : `, channel ${cliff.channel}`;
  const where =
    cliff === null
      ? []
      : [
          `First cliff: layer "${cliff.layer}" (${cliff.type})${channel}: alone it keeps ${decibels(cliff.sqnr)}${becauseOf(verdict.causes)}.`,
        ];
  const tries = next.length === 0 ? '' : `Try ${next.join(', or ')}. `;
  return [...where, `${tries}xfdnn advise compares the choices, xfdnn sensitivity tells which layers need more bits.`];
}

function becauseOf(causes: readonly Cause[]): string {
  if (causes.length === 0) return '; nothing counted explains it, the loss adds up over the layers';
  return `: ${causes.map(causeText).join('; ')}`;
}

function causeText({ kind, amount }: Cause): string {
  switch (kind) {
    case 'clipped before scaling':
      return `${percent(amount)} of its values are clipped before scaling`;
    case 'clipped at the threshold':
      return `${percent(amount)} of its values are clipped at the threshold`;
    case 'bias beyond the threshold':
      return `the bias of ${percent(amount)} of its channels is beyond the threshold`;
    case 'accumulator overflow':
      return `${percent(amount)} of its sums are beyond the accumulator`;
    case 'width boundary':
      return 'it reads codes of another width than it writes';
    case 'fixed average-pooling area':
      return 'average pooling on the overlay divides by a fixed area';
    case 'unequal Concat':
      return `a Concat gives it a threshold ${amount.toFixed(1)} times its largest value`;
    case 'coarse grid':
      return `the grid is coarse for most of its channels (the largest value is ${amount.toFixed(1)} times that of the middle channel)`;
    case 'dead channels':
      return `${percent(amount)} of its channels are only 0`;
  }
}
