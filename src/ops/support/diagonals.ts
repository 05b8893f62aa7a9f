import { fail } from '../../error.js';
import type { TensorFlowNode } from '../op.js';
import { constantList } from './tensorflow.js';

/**
 * A band of diagonals of a matrix, packed as rows of one length, the uppermost first: from `lower` to `upper`, 0 is the main
 * diagonal, positive ones lie above. Shorter ones stand at the right end of their row where `right` says so.
 */
export interface Diagonals {
  readonly lower: number;
  readonly upper: number;
  /** Whether those above the main diagonal and those below it stand at the right end. */
  readonly right: { readonly above: boolean; readonly below: boolean };
}

/** The diagonals that a node of the MatrixDiag family names; `index` is that of the input `k`. Undefined if it depends on the network's input. */
export function readDiagonals(node: TensorFlowNode, index: number): Diagonals | undefined {
  const left = { above: false, below: false };
  if (!/V[23]$/.test(node.type)) return { lower: 0, upper: 0, right: left };
  const k = constantList(node, index);
  if (k === undefined) return undefined;
  const [lower = 0, upper = lower] = k;
  if (lower > upper) node.fail(`expected diagonals in ascending order, got ${lower} and ${upper}.`);
  const align = (node.attr('align') as string | undefined) ?? 'RIGHT_LEFT';
  const isAligned = node.type.endsWith('V3');
  return {
    lower,
    upper,
    right: isAligned ? { above: align.startsWith('RIGHT'), below: align.endsWith('RIGHT') } : left,
  };
}

/** Elements of the longest diagonal of the band in a matrix. Throws `model` for a band outside it. */
export function longest({ lower, upper }: Diagonals, rows: number, columns: number): number {
  return lower > -rows && upper < columns
    ? Math.min(rows + Math.min(upper, 0), columns - Math.max(lower, 0))
    : fail('model', '', `expected diagonals of a ${rows}x${columns} matrix, got ${lower} to ${upper}.`);
}

/** Where the packed diagonals hold an element of a matrix, counted from their start; -1 outside the band. */
export function packedAt(band: Diagonals, rows: number, columns: number, row: number, column: number): number {
  const diagonal = column - row;
  if (diagonal < band.lower || diagonal > band.upper) return -1;
  const most = longest(band, rows, columns);
  const length = Math.min(columns - Math.max(diagonal, 0), rows + Math.min(diagonal, 0));
  const isRight = (diagonal >= 0 && band.right.above) || (diagonal <= 0 && band.right.below);
  const place = column - Math.max(diagonal, 0) + (isRight ? most - length : 0);
  return (band.upper - diagonal) * most + place;
}
