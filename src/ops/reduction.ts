import { elements } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, resolveAxis } from './support/axes.js';

export type ReductionAttrs = {
  readonly operation: 'sum' | 'absolute-sum' | 'square-sum' | 'mean';
  /** All axes from this one on are reduced; negative ones count from the end. */
  readonly axis: number;
  readonly coefficient: number;
};

const operations: Readonly<Record<string, ReductionAttrs['operation']>> = {
  SUM: 'sum',
  ASUM: 'absolute-sum',
  SUMSQ: 'square-sum',
  MEAN: 'mean',
};

/** The term of an element. */
const terms: Readonly<Record<ReductionAttrs['operation'], (x: number) => number>> = {
  sum: (x) => x,
  'absolute-sum': Math.abs,
  'square-sum': (x) => x * x,
  mean: (x) => x,
};

/**
 * The sum, sum of magnitudes, sum of squares or mean of all axes from one on, times a coefficient. The axes are gone. In
 * double in row-major order, rounded once.
 */
export const reduction: Op<ReductionAttrs> = {
  name: 'reduction',
  caffe: {
    types: ['Reduction'],
    attributes(layer) {
      const { operation, axis, coeff } = layer.param('reduction_param');
      const known =
        operations[operation] ?? layer.fail(`expected operation SUM, ASUM, SUMSQ or MEAN, got ${operation}.`);
      return { operation: known, axis, coefficient: coeff };
    },
  },
  tensorflow: {
    types: ['L2Loss'],
    read: () => ({ attrs: { operation: 'square-sum', axis: 0, coefficient: 0.5 }, inputs: [0], params: [] }),
  },
  shape({ axis }, inputs) {
    expectInputs(inputs, 1);
    const [input = []] = inputs;
    return [input.slice(0, resolveAxis(axis, input.length))];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { operation, coefficient } }, [input], [output]) {
    if (input === undefined || output === undefined) return;
    const term = terms[operation];
    const size = elements(input.shape) / output.data.length;
    for (let index = 0; index < output.data.length; index++) {
      let sum = 0;
      for (let at = index * size; at < (index + 1) * size; at++) sum += term(input.data[at]);
      output.data[index] = (coefficient * sum) / (operation === 'mean' ? size : 1);
    }
  },
};
