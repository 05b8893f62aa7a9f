import { fail } from '../error.js';
import type { Message } from '../formats/schema.js';

/** Types of V1 layers; INTERP and UPSAMPLE are those of forks (DeepLab, SegNet). */
const v1Types: Readonly<Record<string, string>> = {
  ABSVAL: 'AbsVal',
  ACCURACY: 'Accuracy',
  ARGMAX: 'ArgMax',
  BNLL: 'BNLL',
  CONCAT: 'Concat',
  CONTRASTIVE_LOSS: 'ContrastiveLoss',
  CONVOLUTION: 'Convolution',
  CROP: 'Crop',
  DATA: 'Data',
  DECONVOLUTION: 'Deconvolution',
  DROPOUT: 'Dropout',
  DUMMY_DATA: 'DummyData',
  ELTWISE: 'Eltwise',
  EUCLIDEAN_LOSS: 'EuclideanLoss',
  EXP: 'Exp',
  FLATTEN: 'Flatten',
  HDF5_DATA: 'HDF5Data',
  HDF5_OUTPUT: 'HDF5Output',
  HINGE_LOSS: 'HingeLoss',
  IM2COL: 'Im2col',
  IMAGE_DATA: 'ImageData',
  INFOGAIN_LOSS: 'InfogainLoss',
  INNER_PRODUCT: 'InnerProduct',
  INTERP: 'Interp',
  LRN: 'LRN',
  MEMORY_DATA: 'MemoryData',
  MULTINOMIAL_LOGISTIC_LOSS: 'MultinomialLogisticLoss',
  MVN: 'MVN',
  POOLING: 'Pooling',
  POWER: 'Power',
  PRELU: 'PReLU',
  RELU: 'ReLU',
  SIGMOID: 'Sigmoid',
  SIGMOID_CROSS_ENTROPY_LOSS: 'SigmoidCrossEntropyLoss',
  SILENCE: 'Silence',
  SLICE: 'Slice',
  SOFTMAX: 'Softmax',
  SOFTMAX_LOSS: 'SoftmaxWithLoss',
  SPLIT: 'Split',
  TANH: 'TanH',
  THRESHOLD: 'Threshold',
  UPSAMPLE: 'Upsample',
  WINDOW_DATA: 'WindowData',
};

const v0Types: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  bnll: 'BNLL',
  concat: 'Concat',
  conv: 'Convolution',
  data: 'Data',
  dropout: 'Dropout',
  euclidean_loss: 'EuclideanLoss',
  flatten: 'Flatten',
  hdf5_data: 'HDF5Data',
  hdf5_output: 'HDF5Output',
  im2col: 'Im2col',
  images: 'ImageData',
  infogain_loss: 'InfogainLoss',
  innerproduct: 'InnerProduct',
  lrn: 'LRN',
  multinomial_logistic_loss: 'MultinomialLogisticLoss',
  pool: 'Pooling',
  relu: 'ReLU',
  sigmoid: 'Sigmoid',
  softmax: 'Softmax',
  softmax_loss: 'SoftmaxWithLoss',
  split: 'Split',
  tanh: 'TanH',
  window_data: 'WindowData',
};

/** A V1LayerParameter, or the V0 form nested in one, as a LayerParameter. V0 `padding` layers are left as they are. */
export function upgradeLayer(old: Message, where: string): Message {
  if (old['layer'] !== undefined) return upgradeV0(old, old['layer'] as Message, where);
  const { type, ...rest } = old;
  if (type === undefined || type === 'NONE')
    fail('model', where, `layer "${String(old['name'] ?? '')}": expected a type, got none.`);
  return { ...rest, type: v1Types[String(type)] ?? String(type) };
}

function upgradeV0(outer: Message, inner: Message, where: string): Message {
  const type = String(inner['type'] ?? '');
  const common = { ...outer, name: inner['name'], type: v0Types[type] ?? type };
  switch (type) {
    case 'conv':
      return {
        ...common,
        convolution_param: pick(
          inner,
          ['num_output', 'bias_term:biasterm', 'group', 'weight_filler', 'bias_filler'],
          ['pad', 'kernel_size:kernelsize', 'stride'],
        ),
      };
    case 'innerproduct':
      return {
        ...common,
        inner_product_param: pick(inner, ['num_output', 'bias_term:biasterm', 'weight_filler', 'bias_filler']),
      };
    case 'pool':
      return { ...common, pooling_param: pick(inner, ['pool', 'kernel_size:kernelsize', 'stride', 'pad']) };
    case 'dropout':
      return { ...common, dropout_param: pick(inner, ['dropout_ratio']) };
    case 'lrn':
      return { ...common, lrn_param: pick(inner, ['local_size', 'alpha', 'beta', 'k']) };
    case 'concat':
      return { ...common, concat_param: pick(inner, ['concat_dim']) };
    case 'data':
    case 'window_data':
      return { ...common, data_param: pick(inner, ['source', 'batch_size:batchsize', 'crop_size:cropsize']) };
    case 'images':
      return {
        ...common,
        image_data_param: pick(inner, [
          'source',
          'batch_size:batchsize',
          'crop_size:cropsize',
          'new_height',
          'new_width',
        ]),
      };
    case 'padding':
      return { ...common, pad: inner['pad'] };
    case '':
      return fail('model', where, `layer "${String(inner['name'] ?? '')}": expected a type, got none.`);
    default:
      return common;
  }
}

/** The present fields of the given names, `new:old` where the name changed; those of `lists` became repeated. */
function pick(from: Message, names: readonly string[], lists: readonly string[] = []): Message {
  const result: Message = {};
  for (const entry of [...names, ...lists]) {
    const [name, old = name] = entry.split(':') as [string, string?];
    if (from[old] !== undefined) result[name] = lists.includes(entry) ? [from[old]] : from[old];
  }
  return result;
}

/** A layer's message in today's form, its position in the file, and the message that the file holds. */
export interface LocatedLayer {
  readonly layer: Message;
  readonly where: string;
  readonly source: Message;
}

/**
 * Removes the padding layers of V0 networks. Their `pad` goes to the convolutions and poolings that read them; any other
 * reader is an error.
 */
export function foldPadding(layers: readonly LocatedLayer[]): LocatedLayer[] {
  const padded = new Map<string, Message>();
  const result: LocatedLayer[] = [];
  for (const located of layers) {
    const { layer, where } = located;
    const bottoms = (layer['bottom'] ?? []) as string[];
    if (layer['type'] === 'padding') {
      for (const top of (layer['top'] ?? []) as string[]) padded.set(top, layer);
    } else if (bottoms.some((bottom) => padded.has(bottom))) {
      result.push({ ...located, layer: withPadding(layer, bottoms, padded, where) });
    } else {
      result.push(located);
    }
  }
  return result;
}

function withPadding(
  layer: Message,
  bottoms: readonly string[],
  padded: ReadonlyMap<string, Message>,
  where: string,
): Message {
  const [padTop = '', ...others] = bottoms;
  const padding = padded.get(padTop);
  const field =
    layer['type'] === 'Convolution' ? 'convolution_param' : layer['type'] === 'Pooling' ? 'pooling_param' : undefined;
  if (padding === undefined || field === undefined) {
    fail(
      'model',
      where,
      `layer "${String(layer['name'])}" (${String(layer['type'])}): expected a convolution or pooling after a padding layer.`,
    );
  }
  const pad = field === 'convolution_param' ? [padding['pad'] ?? 0] : (padding['pad'] ?? 0);
  const bottom = [((padding['bottom'] ?? []) as string[])[0] ?? '', ...others];
  return { ...layer, bottom, [field]: { ...(layer[field] as Message), pad } };
}
