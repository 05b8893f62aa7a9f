import { fail } from '../error.js';
import type { GraphNode } from '../graph/graph.js';
import type { NodeShapes } from '../graph/shapes.js';
import { absVal } from './abs-val.js';
import { adjustColour } from './adjust-colour.js';
import { adjustContrast } from './adjust-contrast.js';
import { argmax } from './argmax.js';
import { axpy } from './axpy.js';
import { bandPart } from './band-part.js';
import { batchNorm } from './batch-norm.js';
import { bias } from './bias.js';
import { binary } from './binary.js';
import { bnll } from './bnll.js';
import { bucketize } from './bucketize.js';
import { clip } from './clip.js';
import { combinedNonMaxSuppression } from './combined-non-max-suppression.js';
import { concat } from './concat.js';
import { constant } from './constant.js';
import { convolution } from './convolution/convolution.js';
import { crop } from './crop.js';
import { cropAndResize } from './crop-and-resize.js';
import { cumulative } from './cumulative.js';
import { deconvolution } from './deconvolution.js';
import { depthPooling } from './depth-pooling.js';
import { depthSpace } from './depth-space.js';
import { detectionOutput } from './detection-output.js';
import { dropout } from './dropout.js';
import { einsum } from './einsum.js';
import { eltwise } from './eltwise.js';
import { elu } from './elu.js';
import { exp } from './exp.js';
import { extractPatches } from './extract-patches.js';
import { fakeQuant } from './fake-quant.js';
import { flatten } from './flatten.js';
import { gather } from './gather.js';
import { hSigmoid } from './h-sigmoid.js';
import { hSwish } from './h-swish.js';
import { innerProduct } from './inner-product.js';
import { input } from './input.js';
import { instanceNorm } from './instance-norm.js';
import { log } from './log.js';
import { logSoftmax } from './log-softmax.js';
import { lookup } from './lookup.js';
import { lookupNd } from './lookup-nd.js';
import { lrn } from './lrn.js';
import { matrixDiag } from './matrix-diag.js';
import { matrixDiagPart } from './matrix-diag-part.js';
import { maxPoolArgmax } from './max-pool-argmax.js';
import { mish } from './mish.js';
import { mvn } from './mvn.js';
import { nonMaxSuppression } from './non-max-suppression.js';
import { normalize } from './normalize.js';
import { oneHot } from './one-hot.js';
import type { Op, Rule } from './op.js';
import { pack } from './pack.js';
import { pad } from './pad.js';
import { permute } from './permute.js';
import { pooling } from './pooling/pooling.js';
import { pooling3d } from './pooling-3d.js';
import { power } from './power.js';
import { prelu } from './prelu.js';
import { priorBox } from './prior-box.js';
import { quantizeDequantize } from './quantize-dequantize.js';
import { reduce } from './reduce.js';
import { reduction } from './reduction.js';
import { relu } from './relu.js';
import { reorg } from './reorg.js';
import { resample } from './resample.js';
import { reshape } from './reshape.js';
import { resize } from './resize.js';
import { resizeBicubic } from './resize-bicubic.js';
import { reverseSequence } from './reverse-sequence.js';
import { scale } from './scale.js';
import { scatter } from './scatter.js';
import { segment } from './segment.js';
import { select } from './select.js';
import { shuffleChannel } from './shuffle-channel.js';
import { sigmoid } from './sigmoid.js';
import { silence } from './silence.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { spaceBatch } from './space-batch.js';
import { spatialPyramidPooling } from './spatial-pyramid-pooling.js';
import { split } from './split.js';
import { stridedSlice } from './strided-slice.js';
import { swish } from './swish.js';
import { tanh } from './tanh.js';
import { threshold } from './threshold.js';
import { tile } from './tile.js';
import { topK } from './top-k.js';
import { unary } from './unary.js';
import { unpack } from './unpack.js';

/** Every operator, one file or folder each. The order decides which of several operators takes a TensorFlow node. */
export const ops: readonly Op[] = [
  absVal,
  argmax,
  axpy,
  batchNorm,
  bias,
  bnll,
  clip,
  concat,
  convolution,
  crop,
  deconvolution,
  detectionOutput,
  dropout,
  eltwise,
  elu,
  exp,
  flatten,
  hSigmoid,
  hSwish,
  innerProduct,
  input,
  log,
  lrn,
  mish,
  mvn,
  normalize,
  permute,
  // Before the pooling over rows and columns, which refuses windows over channels.
  depthPooling,
  pooling,
  power,
  prelu,
  priorBox,
  reduction,
  relu,
  reorg,
  reshape,
  resize,
  scale,
  shuffleChannel,
  sigmoid,
  silence,
  slice,
  softmax,
  spatialPyramidPooling,
  split,
  swish,
  tanh,
  threshold,
  // Behind the operators that take special forms of the same TensorFlow types.
  adjustColour,
  adjustContrast,
  bandPart,
  binary,
  bucketize,
  combinedNonMaxSuppression,
  constant,
  cropAndResize,
  cumulative,
  depthSpace,
  einsum,
  extractPatches,
  fakeQuant,
  gather,
  instanceNorm,
  logSoftmax,
  lookup,
  lookupNd,
  matrixDiag,
  matrixDiagPart,
  maxPoolArgmax,
  nonMaxSuppression,
  oneHot,
  pack,
  pad,
  pooling3d,
  quantizeDequantize,
  reduce,
  resample,
  resizeBicubic,
  reverseSequence,
  scatter,
  segment,
  select,
  spaceBatch,
  stridedSlice,
  tile,
  topK,
  unary,
  unpack,
];

const byName = new Map(ops.map((op) => [op.name, op]));
const byCaffeType = new Map(ops.flatMap((op) => (op.caffe?.types ?? []).map((type) => [type, op] as const)));
const byTensorFlowType = new Map<string, Op[]>();
for (const op of ops)
  for (const type of op.tensorflow?.types ?? [])
    byTensorFlowType.set(type, [...(byTensorFlowType.get(type) ?? []), op]);

/** The op of a node; the importers only make nodes whose op is in the table. */
export function opOf(node: { readonly op: string }): Op {
  return byName.get(node.op) ?? fail('internal', '', `no operator is named "${node.op}".`);
}

/** How a node is quantized: by the rule of its op, or on the host where the node says so. */
export function ruleOf(node: GraphNode, shapes: NodeShapes): Rule {
  return node.float === true ? { kind: 'host' } : opOf(node).rule(node, shapes);
}

/** The operator of a Caffe layer type, undefined if there is none. */
export function caffeOp(type: string): Op | undefined {
  return byCaffeType.get(type);
}

/** The operators that may be a TensorFlow node type, in the order of the table; none if there is none. */
export function tensorFlowOps(type: string): readonly Op[] {
  return byTensorFlowType.get(type) ?? [];
}
