import type { Fault } from '../scaling-file/fault.js';
import { isRescaling } from '../scaling-file/grid-mismatches.js';
import type { ComparedDump } from '../verification/compare-dump.js';
import type { Verdict } from '../verification/verdict/verdict.js';
import type { Quality, Shares, Verification, VerifiedLayer } from '../verification/verification.js';
import { faultLines } from './fault-lines.js';
import { layerLabel } from './layer-label.js';
import type { NextCommand } from './next-commands.js';
import type { Mark, TextStyle } from './style.js';
import { table } from './table.js';
import { verdictLines } from './verdict.js';
import { visibleText } from './visible-text.js';
import { counted, percent, wrapped } from './words.js';

/** A verification with what is said of it. */
type Judged = Verification & { readonly verdict: Verdict; readonly hurtsMost: string };

const decibels = (quality: Quality | null): string => (quality === null ? '-' : quality.sqnr.toFixed(2));
const cosineOf = (quality: Quality | null): string => (quality === null ? '-' : quality.cosine.toFixed(6));
const threshold = (th: number | null): string => (th === null ? '-' : th.toPrecision(6));

/** A column of the table of layers. */
interface Column {
  readonly title: string;
  readonly cell: (layer: VerifiedLayer) => string;
  /** What the title means. */
  readonly legend?: string;
  /** Shown where the table is wide, and nowhere else where it is `wide`; where a layer has such a count where it is `found`. */
  readonly when?: 'wide' | 'found';
}

const countOf = (layer: VerifiedLayer, count: number): string => (layer.values === 0 ? '-' : String(count));
const largestError = ({ accumulated }: VerifiedLayer): string =>
  accumulated.largestError === null ? '0' : accumulated.largestError.error.toPrecision(4);

function positionOf({ accumulated: { largestError: error } }: VerifiedLayer): string {
  return error === null ? '-' : `${error.image}:${error.channel},${error.row},${error.column}`;
}

const accumulatorOf = ({ accumulator }: VerifiedLayer): string =>
  accumulator === null ? '-' : `${accumulator.bits}${accumulator.canOverflow ? '!' : ''}`;

const COLUMNS: readonly Column[] = [
  {
    title: 'layer',
    cell: layerLabel,
  },
  {
    title: 'bits',
    cell: ({ bw }) => (bw === null ? 'host' : String(bw)),
    legend: 'width of its codes, host for float32',
  },
  { title: 'th_in', cell: ({ th_layer_in }) => threshold(th_layer_in), legend: 'th_layer_in', when: 'wide' },
  { title: 'th_out', cell: ({ th_layer_out }) => threshold(th_layer_out), legend: 'th_layer_out' },
  {
    title: 'alone',
    cell: ({ isolated }) => decibels(isolated),
    legend: 'signal to noise in dB, everything before the layer in float',
  },
  { title: 'cosine', cell: ({ isolated }) => cosineOf(isolated), when: 'wide' },
  {
    title: 'deployed',
    cell: ({ accumulated }) => decibels(accumulated),
    legend: 'the same with the whole network on the overlay',
  },
  { title: 'cosine', cell: ({ accumulated }) => cosineOf(accumulated), when: 'wide' },
  { title: 'error', cell: largestError, legend: 'the largest one as deployed, in the units of the layer' },
  { title: 'image:channel,row,column', cell: positionOf, legend: 'where it is', when: 'wide' },
  { title: 'clipped', cell: (layer) => countOf(layer, layer.clipped), legend: 'values beyond th_out' },
  {
    title: 'prescale',
    cell: (layer) => countOf(layer, layer.prescaleClipped),
    legend: 'sums that the overlay clips before it scales them',
  },
  {
    title: '> 24 bits',
    cell: (layer) => countOf(layer, layer.overflows),
    legend: 'sums beyond the accumulator',
    when: 'found',
  },
  { title: 'can be', cell: accumulatorOf, legend: 'bits of the largest possible sum, ! beyond 24', when: 'wide' },
  {
    title: 'dead',
    cell: (layer) => countOf(layer, layer.deadChannels.length),
    legend: 'channels that are 0 in every image',
  },
];

/** Below these ratios, in dB as deployed, a row is marked. */
const BAD = 10;
const POOR = 20;

const markOf = ({ accumulated: { sqnr } }: VerifiedLayer): Mark | undefined =>
  sqnr < BAD ? 'bad' : sqnr < POOR ? 'poor' : undefined;

function shownColumns(layers: readonly VerifiedLayer[], { wide }: TextStyle): Column[] {
  const isFound = ({ cell }: Column): boolean => layers.some((layer) => Number(cell(layer)) > 0);
  return COLUMNS.filter(
    (column) => wide === true || column.when === undefined || (column.when === 'found' && isFound(column)),
  );
}

/**
 * The faults of a scaling file, and {@link verificationText} of a run with it. Remarks on rescaled codes, which are normal,
 * are listed where the text is wide. `file`: the name of the scaling file; `commands`: those that go on from it.
 */
export function verifiedFileText(
  result: Judged & { readonly faults: readonly Fault[] },
  file: string,
  style: TextStyle = {},
  commands: readonly NextCommand[] = [],
): string {
  const faults = style.wide === true ? result.faults : result.faults.filter((fault) => !isRescaling(fault));
  return [...faultLines(faults, file), verificationText(result, style, commands)].join('\n');
}

/** One line per layer: thresholds, noise alone and as deployed, the largest error, what was clipped and what overflowed; then the verdicts. */
function verificationText(result: Judged, style: TextStyle, commands: readonly NextCommand[]): string {
  const columns = shownColumns(result.layers, style);
  const rows = result.layers.map((layer) => columns.map(({ cell }) => cell(layer)));
  const head = columns.map(({ title }) => title);
  const marks = result.layers.map(markOf);
  const legend = columns.flatMap(({ title, legend: meaning }) =>
    meaning === undefined ? [] : [`${title}: ${meaning}.`],
  );
  const lines = [
    table(head, rows, { ...style, marks }),
    '',
    ...wrapped(legend),
    '',
    `${counted(result.images, 'image')}.`,
  ];
  const { agreement, accuracy } = result;
  lines.push(
    agreement === null
      ? 'No output of the network looks like class scores: no agreement.'
      : `Agreement with float at "${visibleText(agreement.output)}": ${sharesText(agreement)}.`,
  );
  if (accuracy !== null)
    lines.push(`Accuracy in float: ${sharesText(accuracy.float)}; on the overlay: ${sharesText(accuracy.fixed)}.`);
  const sentences = visibleText([result.hurtsMost, ...verdictLines(result.verdict, commands)]);
  return [...lines, ...sentences, ''].join('\n');
}

const sharesText = ({ top1, top5 }: Shares): string =>
  `top-1 ${percent(top1)}${top5 === null ? '' : `, top-5 ${percent(top5)}`}`;

/** One line per dump, and a sentence about the first that differs. */
export function dumpsText(dumps: readonly ComparedDump[], style: TextStyle = {}): string {
  const rows = dumps.map(({ file, layer, images, elements, differing, largest }) => [
    file,
    layer,
    String(images),
    String(elements),
    String(differing),
    String(largest),
  ]);
  const marks = dumps.map(({ differing }) => (differing > 0 ? ('bad' as const) : undefined));
  return [
    table(['dump', 'layer', 'images', 'elements', 'differ', 'by at most'], rows, { ...style, names: [0, 1], marks }),
    '',
    firstDifference(dumps),
    '',
  ].join('\n');
}

function firstDifference(dumps: readonly ComparedDump[]): string {
  const found = dumps.find(({ differing }) => differing > 0);
  return found === undefined ? 'All dumps equal the emulation.' : dumpDifference(found);
}

/** A sentence about the first element that differs in a dump. */
export function dumpDifference(found: ComparedDump): string {
  if (found.first === null) return `${visibleText(found.file)} equals the emulation.`;
  const { image, channel, row, column, dump, emulated } = found.first;
  return `Layer "${visibleText(found.layer)}" (${visibleText(found.file)}) differs first: image ${image}, channel ${channel}, row ${row}, column ${column}: the dump has ${dump}, the emulation ${emulated}; ${found.differing} of ${found.elements} values differ, by at most ${found.largest}.`;
}
