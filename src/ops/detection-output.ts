import { fail } from '../error.js';
import { exp } from '../math.js';
import { elements, type Shape } from '../tensor.js';
import type { CaffeLayer, Op } from './op.js';
import { expectInputs, expectInteger } from './support/axes.js';
import { atLeast, first } from './support/operands.js';

export type DetectionOutputAttrs = {
  readonly classes: number;
  /** One set of boxes for all classes. */
  readonly shareLocation: boolean;
  /** The class that is not reported; -1: none. */
  readonly background: number;
  readonly nmsThreshold: number;
  /** Boxes of a class that are looked at, best first; -1: all. */
  readonly topK: number;
  readonly eta: number;
  readonly code: 'CORNER' | 'CENTER_SIZE' | 'CORNER_SIZE';
  /** Boxes of an image that are reported; -1: all. */
  readonly keepTopK: number;
  /** The targets are in units of the box: variances do not multiply them. */
  readonly varianceEncoded: boolean;
  readonly confidence: number;
};

function caffeAttributes(layer: CaffeLayer): DetectionOutputAttrs {
  const message = layer.param('detection_output_param');
  const { nms_threshold: nmsThreshold, top_k: topK, eta } = message['nms_param'];
  const stated = layer.has('detection_output_param', 'confidence_threshold');
  return {
    classes: message['num_classes'],
    shareLocation: message['share_location'],
    background: message['background_label_id'],
    nmsThreshold,
    topK: topK > 0 ? topK : -1,
    eta,
    code: message['code_type'],
    keepTopK: message['keep_top_k'] > 0 ? message['keep_top_k'] : -1,
    varianceEncoded: message['variance_encoded_in_target'],
    confidence: stated ? message['confidence_threshold'] : -Infinity,
  };
}

/** xmin, ymin, xmax, ymax. */
type Box = readonly [number, number, number, number];

const boxAt = (data: Float32Array, index: number): Box =>
  Array.from(data.subarray(index * 4, index * 4 + 4)) as unknown as Box;

/** A box of the sides that `f` makes of each side's two values. */
const combine = (a: Box, b: Box, f: (a: number, b: number, side: number) => number): Box => [
  f(a[0], b[0], 0),
  f(a[1], b[1], 1),
  f(a[2], b[2], 2),
  f(a[3], b[3], 3),
];

/** The box that a prior and its location prediction, scaled by the variances, encode. */
function decode({ code, varianceEncoded }: DetectionOutputAttrs, prior: Box, variances: Box, target: Box): Box {
  const t = varianceEncoded ? target : combine(target, variances, (value, variance) => value * variance);
  const [width, height] = [prior[2] - prior[0], prior[3] - prior[1]];
  if (code === 'CORNER') return combine(prior, t, (corner, shift) => corner + shift);
  if (code === 'CORNER_SIZE')
    return combine(prior, t, (corner, shift, side) => corner + shift * (side % 2 === 0 ? width : height));
  const [x, y] = [t[0] * width + (prior[0] + prior[2]) / 2, t[1] * height + (prior[1] + prior[3]) / 2];
  const [w, h] = [exp(t[2]) * width, exp(t[3]) * height];
  return [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
}

const area = ([x0, y0, x1, y1]: Box): number => (x1 < x0 || y1 < y0 ? 0 : (x1 - x0) * (y1 - y0));

/** Area of the intersection over area of the union. */
function overlap(a: Box, b: Box): number {
  if (b[0] > a[2] || b[2] < a[0] || b[1] > a[3] || b[3] < a[1]) return 0;
  const shared = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  return shared / (area(a) + area(b) - shared);
}

interface Detection {
  readonly label: number;
  readonly score: number;
  readonly prior: number;
  readonly box: Box;
}

/** Best first; equal scores keep their order. */
const byScore = (a: Detection, b: Detection): number => b.score - a.score;

/** Non-maximum suppression of the boxes of one class; `eta` below 1 multiplies the limit of the overlap after each kept box. */
function suppress(candidates: readonly Detection[], { nmsThreshold, eta, topK }: DetectionOutputAttrs): Detection[] {
  const kept: Detection[] = [];
  let limit = nmsThreshold;
  for (const candidate of [...candidates].sort(byScore).slice(0, topK < 0 ? undefined : topK)) {
    if (kept.some((other) => overlap(candidate.box, other.box) > limit)) continue;
    kept.push(candidate);
    if (eta < 1 && limit > 0.5) limit *= eta;
  }
  return kept;
}

/** The boxes of one class above the confidence. */
function candidatesOf(
  attrs: DetectionOutputAttrs,
  label: number,
  locations: Float32Array,
  scores: Float32Array,
  priors: Float32Array,
): Detection[] {
  const count = priors.length / 8;
  const sets = attrs.shareLocation ? 1 : attrs.classes;
  const result: Detection[] = [];
  for (let prior = 0; prior < count; prior++) {
    const score = scores[prior * attrs.classes + label]!;
    if (!(score > attrs.confidence)) continue;
    const target = boxAt(locations, prior * sets + (attrs.shareLocation ? 0 : label));
    result.push({
      label,
      score,
      prior,
      box: decode(attrs, boxAt(priors, prior), boxAt(priors, count + prior), target),
    });
  }
  return result;
}

/** The largest number of detections. */
function mostRows({ classes, background, topK, keepTopK }: DetectionOutputAttrs, priors: number): number {
  const labels = background >= 0 && background < classes ? classes - 1 : classes;
  const all = labels * (topK < 0 ? priors : Math.min(topK, priors));
  return Math.max(1, keepTopK < 0 ? all : Math.min(keepTopK, all));
}

/**
 * The detections of an SSD network: boxes are decoded from priors, suppressed per class, and the best of all classes are kept.
 * Rows of image, label, score, xmin, ymin, xmax, ymax, by label and descending score. Inputs: locations, confidences,
 * priors (PriorBox). The output's size does not depend on the image: 1 x 1 x most rows x 7. Rows without a detection are -1 throughout.
 */
export const detectionOutput: Op<DetectionOutputAttrs> = {
  name: 'detection-output',
  caffe: { types: ['DetectionOutput'], attributes: caffeAttributes },
  shape(attrs, inputs): readonly Shape[] {
    const shapes = expectInputs(inputs, 3);
    expectInteger('num_classes', attrs.classes, 1);
    const [locations, scores, priors] = [elements(shapes[0]), elements(shapes[1]), elements(shapes[2])];
    const count = priors / 8;
    const expected = count * 4 * (attrs.shareLocation ? 1 : attrs.classes);
    if (locations !== expected)
      fail('model', '', `expected ${expected} locations for ${count} priors, got ${locations}.`);
    if (scores !== count * attrs.classes)
      fail('model', '', `expected ${count * attrs.classes} confidences for ${count} priors, got ${scores}.`);
    return [[1, 1, mostRows(attrs, count), 7]];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, inputs, outputs) {
    const [locations, scores, priors] = atLeast(inputs, 3);
    const { data } = first(outputs);
    const labels = Array.from({ length: attrs.classes }, (_, label) => label);
    const all = labels
      .filter((label) => label !== attrs.background)
      .flatMap((label) => suppress(candidatesOf(attrs, label, locations.data, scores.data, priors.data), attrs));
    const best = attrs.keepTopK < 0 ? all : [...all].sort(byScore).slice(0, attrs.keepTopK);
    data.fill(-1);
    best.sort((a, b) => a.label - b.label || byScore(a, b));
    for (const [row, { label, score, box }] of best.entries()) data.set([0, label, score, ...box], row * 7);
  },
};
