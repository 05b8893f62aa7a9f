import { fail } from '../error.js';
import { elements } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { type Suppression, selectBoxes } from './support/suppression.js';
import { constantList, constantNumbers } from './support/tensorflow.js';

/** `scores`: whether the scores of the chosen boxes are an output. */
export type NonMaxSuppressionAttrs = Suppression & { readonly scores: boolean };

/** Undefined without padding, where the number of results depends on the values, and where scores decay (soft suppression). */
function read(node: TensorFlowNode): TensorFlowReading<NonMaxSuppressionAttrs> | undefined {
  const isV5 = node.type === 'NonMaxSuppressionV5';
  const count = constantList(node, 2)?.[0];
  const [overlap, score] = [3, 4].map((index) => constantNumbers(node, index)?.[0]);
  const isSoft = isV5 && constantNumbers(node, 5)?.[0] !== 0;
  if (count === undefined || overlap === undefined || score === undefined || isSoft) return undefined;
  if (node.attr('pad_to_max_output_size') !== true) return undefined;
  return { attrs: { count, overlap, score, scores: isV5 }, inputs: [0, 1], params: [] };
}

/** Indices of the boxes with the highest scores that overlap little, zeros behind them, and how many they are. */
export const nonMaxSuppression: Op<NonMaxSuppressionAttrs> = {
  name: 'non-max-suppression',
  tensorflow: { types: ['NonMaxSuppressionV4', 'NonMaxSuppressionV5'], read },
  shape({ count, scores }, inputs) {
    const [boxes, given] = expectInputs(inputs, 2);
    if (elements(boxes) !== 4 * elements(given))
      fail('model', '', `expected boxes of 4 numbers for ${elements(given)} scores, got ${boxes.join('x')}.`);
    return scores ? [[count], [count], []] : [[count], []];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, [boxes, scores], outputs) {
    const chosen = selectBoxes(boxes!.data, scores!.data, attrs);
    const results = [chosen, ...(attrs.scores ? [chosen.map((box) => scores!.data[box]!)] : []), [chosen.length]];
    for (const [index, values] of results.entries()) {
      outputs[index]!.data.fill(0);
      outputs[index]!.data.set(values);
    }
  },
};
