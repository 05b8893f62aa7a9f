import { fail } from '../error.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { type Diagonals, longest, packedAt, readDiagonals } from './support/diagonals.js';
import { oneToOne } from './support/operands.js';
import { constantNumbers } from './support/tensorflow.js';

/** The diagonals that are taken, and what fills the rows of shorter ones. */
export type MatrixDiagPartAttrs = { readonly band: Diagonals; readonly padding: number };

function read(node: TensorFlowNode): TensorFlowReading<MatrixDiagPartAttrs> | undefined {
  const band = readDiagonals(node, 1);
  const padding = /V[23]$/.test(node.type) ? constantNumbers(node, 2)?.[0] : 0;
  return band === undefined || padding === undefined
    ? undefined
    : { attrs: { band, padding }, inputs: [0], params: [] };
}

/** Diagonals of the matrices of the last two axes, one or a band of them. */
export const matrixDiagPart: Op<MatrixDiagPartAttrs> = {
  name: 'matrix-diag-part',
  tensorflow: { types: ['MatrixDiagPart', 'MatrixDiagPartV2', 'MatrixDiagPartV3', 'BatchMatrixDiagPart'], read },
  shape({ band }, inputs) {
    const [input] = expectInputs(inputs, 1);
    if (input.length < 2) fail('model', '', `expected a value of at least 2 axes, got ${input.length}.`);
    const [rows = 1, columns = 1] = input.slice(-2);
    const count = band.upper - band.lower + 1;
    return [[...input.slice(0, -2), ...(count === 1 ? [] : [count]), longest(band, rows, columns)]];
  },
  rule: ({ attrs }) => ({ kind: attrs.padding === 0 ? 'shape' : 'host' }),
  reference: oneToOne(({ attrs: { band, padding } }, { shape, data }, output) => {
    const [rows = 1, columns = 1] = shape.slice(-2);
    const packed = (band.upper - band.lower + 1) * longest(band, rows, columns);
    output.data.fill(padding);
    for (let at = 0; at < data.length; at++) {
      const to = packedAt(band, rows, columns, Math.floor(at / columns) % rows, at % columns);
      if (to >= 0) output.data[Math.floor(at / (rows * columns)) * packed + to] = data[at];
    }
  }),
};
