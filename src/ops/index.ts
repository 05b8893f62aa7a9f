import { fail } from '../error.js';
import { batchNorm } from './batch-norm.js';
import { bias } from './bias.js';
import { concat } from './concat.js';
import { convolution } from './convolution.js';
import { deconvolution } from './deconvolution.js';
import { dropout } from './dropout.js';
import { eltwise } from './eltwise.js';
import { flatten } from './flatten.js';
import { innerProduct } from './inner-product.js';
import { input } from './input.js';
import type { Op } from './op.js';
import { pooling } from './pooling.js';
import { prelu } from './prelu.js';
import { relu } from './relu.js';
import { reshape } from './reshape.js';
import { scale } from './scale.js';
import { split } from './split.js';

/** Every operator, one file each. */
export const ops: readonly Op[] = [
  batchNorm,
  bias,
  concat,
  convolution,
  deconvolution,
  dropout,
  eltwise,
  flatten,
  innerProduct,
  input,
  pooling,
  prelu,
  relu,
  reshape,
  scale,
  split,
];

const byName = new Map(ops.map((op) => [op.name, op]));
const byCaffeType = new Map(ops.flatMap((op) => (op.caffe?.types ?? []).map((type) => [type, op] as const)));
const byTensorFlowType = new Map<string, Op[]>();
for (const op of ops) for (const type of op.tensorflow?.types ?? []) byTensorFlowType.set(type, [...(byTensorFlowType.get(type) ?? []), op]);

/** The op of a node; the importers only make nodes whose op is in the table. */
export function opOf(node: { readonly op: string }): Op {
  return byName.get(node.op) ?? fail('internal', '', `no operator is named "${node.op}".`);
}

/** The op that a Caffe layer type spells, undefined if we cannot run it. */
export function caffeOp(type: string): Op | undefined {
  return byCaffeType.get(type);
}

/** The ops that may spell a TensorFlow node type, in the order they are asked; none if we cannot run it. */
export function tensorFlowOps(type: string): readonly Op[] {
  return byTensorFlowType.get(type) ?? [];
}
