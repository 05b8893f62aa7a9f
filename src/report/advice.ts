import type { TextStyle } from './style.js';
import { table } from './table.js';
import { counted, percent } from './words.js';

/** A row of a comparison of choices. */
interface Row {
  readonly flags: string;
  readonly overlay: string;
  readonly bits: number;
  readonly calibrator: string;
  readonly multipliers: string;
  readonly grade: string | null;
  readonly agreement: number | null;
  readonly accuracy: number | null;
  readonly sqnr: number | null;
  readonly error: string | null;
  readonly seconds: number;
}

/** Choices in their ranks, with what they were judged on. */
interface Ranked {
  readonly rows: readonly Row[];
  readonly best: readonly Row[];
  readonly floatAccuracy: number | null;
  readonly images: number;
  readonly files: { readonly names: readonly string[]; readonly seed: number | undefined };
  readonly output: string | null;
}

const HEAD = ['overlay', 'bits', 'calibrator', 'multipliers', 'grade', 'agreement', 'accuracy', 'dB', 'time s'];

/** The choices as a table, the best first, and the flags of the best for each overlay and width. */
export function adviceText(result: Ranked, style: TextStyle): string {
  const { rows, best, images, files, floatAccuracy, output } = result;
  const seed = files.seed === undefined ? '' : `, seed ${files.seed}`;
  const marks = rows.map(({ grade }) => (grade === 'broken' ? 'bad' : grade === 'degraded' ? 'poor' : undefined));
  return [
    table(HEAD, rows.map(cellsOf), { ...style, marks }),
    '',
    `Judged on ${counted(images, 'image')}, calibrated on ${files.names.length}${seed}.${floatAccuracy === null ? '' : ` Accuracy in float: ${percent(floatAccuracy)}.`}`,
    ...best.map(({ overlay, bits, flags }) => `Best on overlay ${overlay} at ${bits} bits: ${flags}`),
    ...rows.flatMap(({ error, flags }) => (error === null ? [] : [`Not possible: ${flags}: ${error}`])),
    ...(output === null ? [] : [`The scaling file of the first row: ${output}`]),
    '',
  ].join('\n');
}

function cellsOf(row: Row): string[] {
  const share = (value: number | null): string => (value === null ? '-' : percent(value));
  return [
    row.overlay,
    String(row.bits),
    row.calibrator,
    row.multipliers,
    row.grade ?? 'not possible',
    share(row.agreement),
    share(row.accuracy),
    row.sqnr === null ? '-' : row.sqnr.toFixed(2),
    row.seconds.toFixed(1),
  ];
}
