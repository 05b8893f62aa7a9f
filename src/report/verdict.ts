import type { Cause } from '../verification/verdict/causes.js';
import type { Verdict } from '../verification/verdict/verdict.js';
import type { NextCommand } from './next-commands.js';
import { oneClassText } from './one-class.js';
import { counted, percent } from './words.js';

/** A ratio in words. */
export const decibels = (value: number): string =>
  Number.isFinite(value) ? `${value.toFixed(1)} dB` : value > 0 ? 'no noise' : 'nothing but noise';

/** One line about a quick look, and where the network is not good a sentence about the cause and what to try. */
export function quickLookText(verdict: Verdict, overlay: string, commands: readonly NextCommand[] = []): string {
  const { grade, images, kept, output, worst } = verdict;
  const figures = [
    ...(output === null ? [] : [`${decibels(output.sqnr)} at "${output.layer}"`]),
    ...(kept === null ? [] : [`${kept} of ${images} keep their best class`]),
    ...(worst === null ? [] : [`worst layer${worst.alone ? ' alone' : ''} "${worst.layer}", ${decibels(worst.sqnr)}`]),
  ];
  const line = `Quick look on overlay ${overlay}, ${counted(images, 'calibration image')}: ${[grade, ...figures].join('; ')}.`;
  return [line, ...oneClassText(verdict), ...adviceLines(verdict, commands)].map((text) => `${text}\n`).join('');
}

/** The verdict of a verification: its grade, where it falls, why, and what to try; a line for each command that goes on from it. */
export function verdictLines(verdict: Verdict, commands: readonly NextCommand[] = []): string[] {
  const { grade, images, kept, output } = verdict;
  const figures = [
    ...(output === null ? [] : [`${decibels(output.sqnr)} at "${output.layer}"`]),
    ...(kept === null ? [] : [`${kept} of ${images} images keep their best class`]),
  ];
  return [`Verdict: ${[grade, ...figures].join('; ')}.`, ...oneClassText(verdict), ...adviceLines(verdict, commands)];
}

function adviceLines(verdict: Verdict, commands: readonly NextCommand[]): string[] {
  const { cliff, next } = verdict;
  // One class for all images is a fault of the input, which no choice of a calibration repairs.
  if (cliff === null && (verdict.grade === 'good' || (verdict.oneClass !== undefined && next.length === 0))) return [];
  const channel = cliff?.channel == null ? '' : `, channel ${cliff.channel}`;
  const where =
    cliff === null
      ? []
      : [
          `First cliff: layer "${cliff.layer}" (${cliff.type})${channel}: alone it keeps ${decibels(cliff.sqnr)}${becauseOf(verdict.causes)}.`,
        ];
  const tries = next.length === 0 ? [] : [`Try ${next.join(', or ')}`];
  if (commands.length > 0) return [...where, ...commandLines(tries, commands)];
  const advice = 'xfdnn advise compares the choices, xfdnn sensitivity tells which layers need more bits.';
  return [...where, [...tries, advice].join('. ')];
}

/** A line for each command, behind what it is for. */
function commandLines(tries: readonly string[], commands: readonly NextCommand[]): string[] {
  const purposes = { try: tries.join(), compare: 'Compare the choices', find: 'Find the layers that need more bits' };
  return commands.map(({ purpose, command }) => `${purposes[purpose]}: ${command}`);
}

function becauseOf(causes: readonly Cause[]): string {
  if (causes.length === 0) return '; nothing counted explains it, the loss adds up over the layers';
  return `: ${causes.map(causeText).join('; ')}`;
}

/** A clause about an input whose largest value is so many times its threshold. */
export function otherInputText(reach: number): string {
  const seen = 'the calibration saw other images, or other preprocessing';
  return reach > 1
    ? `its largest value is ${reach.toFixed(1)} times the threshold that the calibration found: ${seen}`
    : `the threshold that the calibration found is ${(1 / reach).toFixed(1)} times its largest value: ${seen}`;
}

function causeText({ kind, amount, detail }: Cause): string {
  switch (kind) {
    case 'fault of the scaling file':
      return `its entry has ${counted(amount, 'fault')}: ${detail?.replace(/\.$/, '') ?? ''}`;
    case 'other input than calibrated on':
      return otherInputText(amount);
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
