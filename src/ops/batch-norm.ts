import type { Affine, CaffeLayer, Op, OpNode, ParamSpec, TensorFlowNode, TensorFlowReading } from './op.js';
import { isChannelAxis, mapChannels } from './support/affine.js';
import { sizeAlong } from './support/axes.js';
import { keepShape } from './support/elementwise.js';
import { atLeast, first, oneToOne } from './support/operands.js';
import { constantTensor, dataFormat } from './support/tensorflow.js';

export type BatchNormAttrs = {
  readonly axis: number;
  readonly eps: number;
  /** A third constant: mean and variance are stored multiplied by it (0: both count as 0). */
  readonly factor: boolean;
  /** Two more constants: a scale and a bias applied after the normalisation (NVIDIA Caffe). */
  readonly scaleBias: boolean;
  /** Scale and bias stand before mean and variance (BN of TSN and PSPNet). */
  readonly scaleFirst?: boolean;
};

function caffeAttributes(layer: CaffeLayer): BatchNormAttrs {
  if (layer.type === 'BN')
    return { axis: 1, eps: layer.param('bn_param')['eps'], factor: false, scaleBias: true, scaleFirst: true };
  const field = 'batch_norm_param';
  const message = layer.param(field);
  if (layer.has(field, 'use_global_stats') && !message['use_global_stats']) {
    layer.fail(
      'expected use_global_stats true, got false.',
      'Statistics of a batch are for training; remove the line.',
    );
  }
  const asked = message['scale_bias'] || layer.has(field, 'scale_filler') || layer.has(field, 'bias_filler');
  return { axis: 1, eps: message['eps'], factor: true, scaleBias: asked || layer.blobShapes?.length === 5 };
}

/** Inputs are x, gamma, beta, mean, variance; in the old form x, mean, variance, beta, gamma. Statistics of a batch are not ours. */
function readTensorFlow(node: TensorFlowNode): TensorFlowReading<BatchNormAttrs> | undefined {
  const old = node.type === 'BatchNormWithGlobalNormalization';
  const [gamma, beta, mean, variance] = (old ? [4, 3, 1, 2] : [1, 2, 3, 4]).map((index) => constantTensor(node, index));
  if (
    gamma === undefined ||
    beta === undefined ||
    mean === undefined ||
    variance === undefined ||
    (!old && node.attr('is_training') !== false)
  )
    return undefined;
  const eps = (old ? node.attr('variance_epsilon') : node.attr('epsilon')) ?? Math.fround(1e-4);
  const scale =
    old && node.attr('scale_after_normalization') === false ? { ...gamma, data: gamma.data.map(() => 1) } : gamma;
  const axis = dataFormat(node) === 'NCHW' ? 1 : node.inputShape(0).length - 1;
  const channels = node.inputShape(0)[axis] ?? node.fail('expected an input with channels, got a scalar.');
  const odd = [mean, variance, gamma, beta].find(({ data }) => data.length !== channels);
  if (odd !== undefined) node.fail(`expected statistics for ${channels} channels, got ${odd.data.length}.`);
  return { attrs: { axis, eps, factor: false, scaleBias: true }, inputs: [0], params: [mean, variance, scale, beta] };
}

/** `scale[c] * x + shift[c]` with scale = 1 / sqrt(variance + eps), in double. */
function affineOf({ attrs, params }: OpNode<BatchNormAttrs>): Affine {
  const inOrder = attrs.scaleFirst ? [...params.slice(2), ...params.slice(0, 2)] : params;
  const [mean, variance, ...more] = atLeast(inOrder, 2);
  const stored = attrs.factor ? first(more).data[0] : 1;
  const factor = stored === 0 || stored === undefined ? 0 : 1 / stored;
  const [gamma, beta] = attrs.scaleBias ? atLeast(more.slice(-2), 2) : [];
  const scale = Float64Array.from(
    variance.data,
    (value, c) => (gamma?.data[c] ?? 1) / Math.sqrt(value * factor + attrs.eps),
  );
  const shift = Float64Array.from(mean.data, (value, c) => (beta?.data[c] ?? 0) - value * factor * scale[c]!);
  return { scale, shift, alone: true, once: true };
}

/** Normalisation with stored statistics, in double. `toAffine` folds it; run by itself it is a host layer. */
export const batchNorm: Op<BatchNormAttrs> = {
  name: 'batch-norm',
  caffe: { types: ['BatchNorm', 'BN'], attributes: caffeAttributes },
  tensorflow: {
    types: ['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3', 'BatchNormWithGlobalNormalization'],
    read: readTensorFlow,
  },
  params({ axis, factor, scaleBias, scaleFirst }, inputs) {
    const shape = [sizeAlong(first(inputs), axis)];
    const statistics: ParamSpec[] = [
      { role: 'mean', shape, seed: 0 },
      { role: 'variance', shape, seed: 1 },
    ];
    if (factor) statistics.push({ role: 'scale factor', shape: [1], seed: 1 });
    const affine: ParamSpec[] = scaleBias
      ? [
          { role: 'scale', shape, seed: 1 },
          { role: 'bias', shape, seed: 0 },
        ]
      : [];
    return scaleFirst ? [...affine, ...statistics] : [...statistics, ...affine];
  },
  shape(attrs, inputs) {
    const shapes = keepShape(attrs, inputs);
    sizeAlong(shapes[0], attrs.axis);
    return shapes;
  },
  rule: () => ({ kind: 'host' }),
  reference: oneToOne((node, input, output) => {
    const { scale, shift } = affineOf(node);
    mapChannels(input, output, node.attrs.axis, (x, c) => x * scale[c]! + shift[c]!);
  }),
  toAffine: (node, { inputs, layout }) =>
    isChannelAxis(node.attrs.axis, first(inputs), layout) ? affineOf(node) : undefined,
};
