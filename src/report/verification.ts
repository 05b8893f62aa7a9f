import type { Fault } from '../scaling-file/fault.js';
import type { ComparedDump } from '../verification/compare-dump.js';
import type { Verdict } from '../verification/verdict/verdict.js';
import type { Quality, Shares, Verification, VerifiedLayer } from '../verification/verification.js';
import { faultLines } from './fault-lines.js';
import { table } from './table.js';
import { verdictLines } from './verdict.js';
import { counted, percent } from './words.js';

/** A verification with what is said of it. */
type Judged = Verification & { readonly verdict: Verdict; readonly hurtsMost: string };

const decibels = (quality: Quality | null): string => (quality === null ? '-' : quality.sqnr.toFixed(2));
const cosineOf = (quality: Quality | null): string => (quality === null ? '-' : quality.cosine.toFixed(6));
const threshold = (th: number | null): string => (th === null ? '-' : th.toPrecision(6));

const HEAD = [
  'layer',
  'bits',
  'th_layer_in',
  'th_layer_out',
  'alone dB',
  'cosine',
  'deployed dB',
  'cosine',
  'largest error',
  'image:channel,row,column',
  'clipped',
  'prescale',
  '> 24 bits',
  'can be',
  'dead',
];

/** The faults of a scaling file, and {@link verificationText} of a run with it. `file`: the name of the scaling file. */
export function verifiedFileText(result: Judged & { readonly faults: readonly Fault[] }, file: string): string {
  return [...faultLines(result.faults, file), verificationText(result)].join('\n');
}

/** One line per layer: thresholds, noise alone and as deployed, the largest error, what was clipped and what overflowed; then the verdicts. */
function verificationText(result: Judged): string {
  const lines = [table(HEAD, result.layers.map(rowOf)), '', `${counted(result.images, 'image')}.`];
  const { agreement, accuracy } = result;
  lines.push(
    agreement === null
      ? 'No output of the network looks like class scores: no agreement.'
      : `Agreement with float at "${agreement.output}": ${sharesText(agreement)}.`,
  );
  if (accuracy !== null)
    lines.push(`Accuracy in float: ${sharesText(accuracy.float)}; on the overlay: ${sharesText(accuracy.fixed)}.`);
  return [...lines, result.hurtsMost, ...verdictLines(result.verdict), ''].join('\n');
}

const sharesText = ({ top1, top5 }: Shares): string =>
  `top-1 ${percent(top1)}${top5 === null ? '' : `, top-5 ${percent(top5)}`}`;

function rowOf(layer: VerifiedLayer): string[] {
  const { largestError: error } = layer.accumulated;
  const ofValues = (count: number): string => (layer.values === 0 ? '-' : String(count));
  return [
    layer.activation === null ? layer.name : `${layer.name} + ${layer.activation}`,
    layer.bw === null ? 'host' : String(layer.bw),
    threshold(layer.th_layer_in),
    threshold(layer.th_layer_out),
    decibels(layer.isolated),
    cosineOf(layer.isolated),
    decibels(layer.accumulated),
    cosineOf(layer.accumulated),
    error === null ? '0' : error.error.toPrecision(4),
    error === null ? '-' : `${error.image}:${error.channel},${error.row},${error.column}`,
    ofValues(layer.clipped),
    ofValues(layer.prescaleClipped),
    ofValues(layer.overflows),
    layer.accumulator === null ? '-' : `${layer.accumulator.bits}${layer.accumulator.canOverflow ? '!' : ''}`,
    ofValues(layer.deadChannels.length),
  ];
}

/** One line per dump, and a sentence about the first that differs. */
export function dumpsText(dumps: readonly ComparedDump[]): string {
  const rows = dumps.map(({ file, layer, images, elements, differing, largest }) => [
    file,
    layer,
    String(images),
    String(elements),
    String(differing),
    String(largest),
  ]);
  return [
    table(['dump', 'layer', 'images', 'elements', 'differ', 'by at most'], rows),
    '',
    firstDifference(dumps),
    '',
  ].join('\n');
}

function firstDifference(dumps: readonly ComparedDump[]): string {
  const found = dumps.find(({ differing }) => differing > 0);
  if (found?.first == null) return 'All dumps equal the emulation.';
  const { image, channel, row, column, dump, emulated } = found.first;
  return `Layer "${found.layer}" (${found.file}) differs first: image ${image}, channel ${channel}, row ${row}, column ${column}: the dump has ${dump}, the emulation ${emulated}; ${found.differing} of ${found.elements} values differ, by at most ${found.largest}.`;
}
