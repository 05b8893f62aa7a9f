import { fail } from '../error.js';
import type { Tensor } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { type Suppression, selectBoxes } from './support/suppression.js';
import { constantList, constantNumbers } from './support/tensorflow.js';

/** `count`: of a class; `total`: places for the results of all classes; `clip`: whether corners are limited to [0, 1]. */
export type CombinedNonMaxSuppressionAttrs = Suppression & { readonly total: number; readonly clip: boolean };

function read(node: TensorFlowNode): TensorFlowReading<CombinedNonMaxSuppressionAttrs> | undefined {
  const [count, stated] = [2, 3].map((index) => constantList(node, index)?.[0]);
  const [overlap, score] = [4, 5].map((index) => constantNumbers(node, index)?.[0]);
  if (count === undefined || stated === undefined || overlap === undefined || score === undefined) return undefined;
  const classes = node.inputShape(1).at(-1) ?? 1;
  const total = node.attr('pad_per_class') === true ? Math.min(stated, count * classes) : stated;
  const clip = node.attr('clip_boxes') !== false;
  return { attrs: { count, overlap, score, total, clip }, inputs: [0, 1], params: [] };
}

/** A chosen box of a class. */
interface Found {
  readonly box: Float32Array;
  readonly score: number;
  readonly label: number;
}

/** The boxes of each class by themselves; their own ones, or those that all classes share. */
function found(attrs: Suppression, boxes: Tensor<any>, scores: Tensor<any>): Found[] {
  const [, count = 0, kinds = 1] = boxes.shape;
  const classes = scores.shape.at(-1) ?? 1;
  return Array.from({ length: classes }, (_, label) => {
    const kind = kinds === 1 ? 0 : label;
    const own = new Float32Array(4 * count);
    for (let box = 0; box < count; box++) {
      const from = (box * kinds + kind) * 4;
      own.set(boxes.data.subarray(from, from + 4), box * 4);
    }
    const ownScores = Float32Array.from({ length: count }, (_, box) => scores.data[box * classes + label]!);
    return selectBoxes(own, ownScores, attrs).map((box) => ({
      box: own.subarray(4 * box, 4 * box + 4),
      score: ownScores[box]!,
      label,
    }));
  }).flat();
}

/** Boxes, scores and classes of the best results of all classes of one image, zeros behind them, and how many they are. */
export const combinedNonMaxSuppression: Op<CombinedNonMaxSuppressionAttrs> = {
  name: 'combined-non-max-suppression',
  tensorflow: { types: ['CombinedNonMaxSuppression'], read },
  shape({ total }, inputs) {
    const [boxes, scores] = expectInputs(inputs, 2);
    const [images = 0, count = 0, kinds = 0, sides] = boxes;
    const [, scored = -1, classes = -1] = scores;
    if (images !== 1 || sides !== 4 || scored !== count || (kinds !== 1 && kinds !== classes))
      fail(
        'model',
        '',
        `expected boxes [1, N, 1 or classes, 4] and scores [1, N, classes], got ${boxes.join('x')} and ${scores.join('x')}.`,
      );
    return [[1, total, 4], [1, total], [1, total], [1]];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, [boxes, scores], outputs) {
    const best = found(attrs, boxes!, scores!)
      .sort((a, b) => b.score - a.score)
      .slice(0, attrs.total);
    for (const output of outputs) output.data.fill(0);
    const [corners, values, labels, counts] = outputs;
    best.forEach(({ box, score, label }, place) => {
      corners!.data.set(attrs.clip ? box.map((side) => Math.min(Math.max(side, 0), 1)) : box, 4 * place);
      values!.data[place] = score;
      labels!.data[place] = label;
    });
    counts!.data[0] = best.length;
  },
};
