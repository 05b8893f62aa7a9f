import type { ValueId } from '../graph/graph.js';
import { elements, type Shape } from '../tensor.js';

/** The five best classes of one output vector, best first, by float and by the overlay; equal scores in ascending order. */
export interface RankedOutput {
  readonly value: ValueId;
  readonly classes: number;
  readonly float: readonly number[];
  readonly fixed: readonly number[];
  /** Whether the float scores are probabilities: at least 0, and 1 in sum. */
  readonly isDistribution: boolean;
}

const PROBABILITY_SLACK = 1e-3;

/** The best classes of an output vector in float32 and on the overlay. */
export function rankOutput(value: ValueId, float: Float32Array, fixed: Float32Array): RankedOutput {
  const sum = float.reduce((total, score) => total + score, 0);
  const isDistribution = Math.abs(sum - 1) < PROBABILITY_SLACK && float.every((score) => score >= 0);
  return { value, classes: float.length, float: best(float), fixed: best(fixed), isDistribution };
}

/** Whether an output of this shape may be one score for each class: at least two elements along one axis. */
export function isVector(shape: Shape): boolean {
  const size = elements(shape);
  return size >= 2 && shape.includes(size);
}

/** The number of classes that are named. */
const BEST = 5;

function best(scores: Float32Array): number[] {
  const order: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    const place = order.findIndex((other) => scores[i]! > scores[other]!);
    if (place >= 0) order.splice(place, 0, i);
    else order.push(i);
    if (order.length > BEST) order.pop();
  }
  return order;
}
