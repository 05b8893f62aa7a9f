import { fail } from '../error.js';
import { elements, type Shape } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { type Diagonals, longest, packedAt, readDiagonals } from './support/diagonals.js';
import { first } from './support/operands.js';
import { constantList, constantNumbers } from './support/tensorflow.js';

/** The diagonals that are written, into a matrix of this size full of `padding`, or into the second input (`size` null). */
export type MatrixDiagAttrs = {
  readonly band: Diagonals;
  readonly size: readonly [rows: number, columns: number] | null;
  readonly padding: number;
};

function read(node: TensorFlowNode): TensorFlowReading<MatrixDiagAttrs> | undefined {
  const isSet = /^(Batch)?MatrixSetDiag/.test(node.type);
  const band = readDiagonals(node, isSet ? 2 : 1);
  if (band === undefined) return undefined;
  if (isSet) return { attrs: { band, size: null, padding: 0 }, inputs: [1, 0], params: [] };
  const isStated = /V[23]$/.test(node.type);
  const [rows, columns, padding] = isStated
    ? [constantList(node, 2)?.[0], constantList(node, 3)?.[0], constantNumbers(node, 4)?.[0]]
    : [-1, -1, 0];
  if (rows === undefined || columns === undefined || padding === undefined) return undefined;
  const size = sizeOf(band, node.inputShape(0).at(-1) ?? 1, rows, columns);
  return { attrs: { band, size, padding }, inputs: [0], params: [] };
}

/** The size of the matrix; -1: as small as the diagonals allow, square where neither is stated. */
function sizeOf({ lower, upper }: Diagonals, length: number, rows: number, columns: number): [number, number] {
  const [least, narrowest] = [length - Math.min(upper, 0), length + Math.max(lower, 0)];
  if (rows < 0 && columns < 0) return [Math.max(least, narrowest), Math.max(least, narrowest)];
  return [rows < 0 ? least : rows, columns < 0 ? narrowest : columns];
}

/** Sizes of the axes before the matrices, and of a matrix. */
function sizes(
  { band, size }: MatrixDiagAttrs,
  inputs: readonly Shape[],
): { batch: Shape; rows: number; columns: number } {
  const [diagonals, matrix] = inputs;
  const [rows = 0, columns = 0] = size ?? matrix?.slice(-2) ?? [];
  const batch = (diagonals ?? []).slice(0, band.lower === band.upper ? -1 : -2);
  return { batch, rows, columns };
}

/** Diagonals written into matrices of the last two axes: of a constant (MatrixDiag) or of the second input (MatrixSetDiag). */
export const matrixDiag: Op<MatrixDiagAttrs> = {
  name: 'matrix-diag',
  tensorflow: {
    types: [
      ...['MatrixDiag', 'MatrixDiagV2', 'MatrixDiagV3', 'BatchMatrixDiag'],
      ...['MatrixSetDiag', 'MatrixSetDiagV2', 'MatrixSetDiagV3', 'BatchMatrixSetDiag'],
    ],
    read,
  },
  shape(attrs, inputs) {
    expectInputs(inputs, attrs.size === null ? 2 : 1);
    const { batch, rows, columns } = sizes(attrs, inputs);
    const { lower, upper } = attrs.band;
    const packed = (upper - lower + 1) * longest(attrs.band, rows, columns);
    const shape = [...batch, rows, columns];
    if (elements(first(inputs)) !== elements(batch) * packed)
      fail('model', '', `expected ${packed} elements of diagonals for a matrix, got shape ${first(inputs).join('x')}.`);
    if (attrs.size === null && elements(inputs[1] ?? []) !== elements(shape))
      fail(
        'model',
        '',
        `expected matrices for diagonals of shape ${first(inputs).join('x')}, got ${inputs[1]?.join('x')}.`,
      );
    return [shape];
  },
  rule: ({ attrs }) => ({ kind: attrs.size !== null && attrs.padding === 0 ? 'shape' : 'host' }),
  reference({ attrs }, inputs, outputs) {
    const { band, padding } = attrs;
    const { rows, columns } = sizes(
      attrs,
      inputs.map((input) => input.shape),
    );
    const { data } = first(outputs);
    const packed = (band.upper - band.lower + 1) * longest(band, rows, columns);
    for (let at = 0; at < data.length; at++) {
      const column = at % columns;
      const row = Math.floor(at / columns) % rows;
      const from = packedAt(band, rows, columns, row, column);
      const matrix = Math.floor(at / (rows * columns));
      data[at] = from >= 0 ? first(inputs).data[matrix * packed + from] : (inputs[1]?.data[at] ?? padding);
    }
  },
};
