import seedrandom from 'seedrandom';
import { inspectCaffe } from '../../src/caffe/index.js';
import { XfdnnError } from '../../src/error.js';

/** A layer as it may appear: its type, how many bottoms and tops, its parameters; `inPlace`: its top may be its bottom. */
interface Candidate {
  readonly type: string;
  readonly bottoms?: number;
  readonly tops?: number;
  readonly inPlace?: boolean;
  readonly params: (pick: Pick) => string;
}

/** Draws from a seeded generator. */
interface Pick {
  (below: number): number;
  of<T>(list: readonly T[]): T;
}

const kernel = (pick: Pick): string =>
  `${pick(4) === 0 ? `kernel_h: ${1 + pick(3)} kernel_w: ${1 + pick(4)}` : `kernel_size: ${1 + pick(4)}`} pad: ${pick(3)} stride: ${1 + pick(2)}`;
const channels = (pick: Pick): number => pick.of([1, 2, 3, 4, 6, 8, 9, 12, 17]);

const candidates: readonly Candidate[] = [
  {
    type: 'Convolution',
    params: (pick) =>
      `convolution_param { num_output: ${channels(pick)} ${kernel(pick)} group: ${pick.of([1, 1, 1, 2, 3])} dilation: ${pick.of([1, 1, 2])} bias_term: ${pick.of([true, true, false])} }`,
  },
  {
    type: 'Convolution',
    params: (pick) => `convolution_param { num_output: ${channels(pick)} kernel_size: 3 pad: 1 }`,
  },
  { type: 'Convolution', params: (pick) => `convolution_param { num_output: ${channels(pick)} kernel_size: 1 }` },
  {
    type: 'Deconvolution',
    params: (pick) =>
      `convolution_param { num_output: ${channels(pick)} kernel_size: ${1 + pick(4)} stride: ${1 + pick(3)} pad: ${pick(2)} group: ${pick.of([1, 1, 2])} }`,
  },
  {
    type: 'InnerProduct',
    params: (pick) =>
      `inner_product_param { num_output: ${channels(pick)} transpose: ${pick.of([true, false])} axis: ${pick.of([1, 1, 1, 2, -1])} }`,
  },
  {
    type: 'Pooling',
    params: (pick) =>
      `pooling_param { pool: ${pick.of(['MAX', 'AVE'])} ${kernel(pick)} ${pick.of(['', 'round_mode: FLOOR', 'ceil_mode: false'])} }`,
  },
  { type: 'Pooling', params: (pick) => `pooling_param { pool: ${pick.of(['MAX', 'AVE'])} global_pooling: true }` },
  { type: 'Pooling', tops: 2, params: () => 'pooling_param { kernel_size: 2 stride: 2 }' },
  {
    type: 'ReLU',
    inPlace: true,
    params: (pick) => (pick(2) === 0 ? '' : `relu_param { negative_slope: ${pick.of([0.1, 0.25, -0.5])} }`),
  },
  { type: 'ReLU6', inPlace: true, params: () => '' },
  { type: 'PReLU', inPlace: true, params: (pick) => `prelu_param { channel_shared: ${pick.of([true, false])} }` },
  { type: 'BatchNorm', inPlace: true, params: () => '' },
  { type: 'Scale', inPlace: true, params: (pick) => `scale_param { bias_term: ${pick.of([true, false])} }` },
  { type: 'Scale', bottoms: 2, params: () => 'scale_param { axis: 0 }' },
  {
    type: 'Scale',
    params: (pick) =>
      `scale_param { ${pick.of(['axis: 1 num_axes: -1', 'num_axes: 0', 'axis: 2', 'axis: -1', 'axis: 0 num_axes: 2', 'axis: 1 num_axes: 2'])} bias_term: ${pick.of([true, false])} }`,
  },
  {
    type: 'DepthwiseConvolution',
    params: (pick) => `convolution_param { num_output: ${channels(pick)} kernel_size: 3 pad: 1 }`,
  },
  { type: 'BatchNorm', params: () => 'batch_norm_param { scale_bias: true eps: 0.001 }' },
  { type: 'Bias', inPlace: true, params: () => '' },
  {
    type: 'LRN',
    params: (pick) =>
      `lrn_param { local_size: ${pick.of([3, 5])} norm_region: ${pick.of(['ACROSS_CHANNELS', 'WITHIN_CHANNEL'])} }`,
  },
  { type: 'Concat', bottoms: 2, params: (pick) => `concat_param { axis: ${pick.of([1, 1, 1, 2, 3, -1])} }` },
  { type: 'Concat', bottoms: 3, params: () => '' },
  { type: 'Concat', bottoms: 1, params: () => '' },
  {
    type: 'Eltwise',
    bottoms: 2,
    params: (pick) =>
      pick.of([
        '',
        'eltwise_param { operation: MAX }',
        'eltwise_param { operation: PROD }',
        'eltwise_param { coeff: 1 coeff: -0.5 }',
      ]),
  },
  {
    type: 'Eltwise',
    bottoms: 3,
    params: (pick) =>
      pick.of(['', 'eltwise_param { operation: MAX }', 'eltwise_param { coeff: -1 coeff: 0 coeff: 1.5 }']),
  },
  { type: 'Slice', tops: 2, params: (pick) => `slice_param { axis: ${pick.of([1, 1, 2])} }` },
  {
    type: 'Slice',
    tops: 3,
    params: (pick) => `slice_param { axis: ${pick.of([1, 2, -1])} slice_point: 1 slice_point: ${2 + pick(3)} }`,
  },
  { type: 'Split', tops: 2, params: () => '' },
  { type: 'Dropout', inPlace: true, params: () => '' },
  {
    type: 'Flatten',
    params: (pick) => `flatten_param { ${pick.of(['', '', 'axis: 2', 'axis: 1 end_axis: 2', 'axis: -2'])} }`,
  },
  {
    type: 'Reshape',
    params: (pick) =>
      `reshape_param { ${pick.of(['axis: 1 num_axes: 1 shape { dim: -1 dim: 2 }', 'axis: -1 shape { dim: 1 }', 'axis: 2 num_axes: 2 shape { dim: -1 }', 'axis: 1 shape { dim: 0 dim: -1 }'])} }`,
  },
  {
    type: 'Reshape',
    params: (pick) =>
      `reshape_param { shape { ${pick.of(['dim: 0 dim: -1', 'dim: 0 dim: 0 dim: -1', 'dim: 0 dim: -1 dim: 2 dim: 2', 'dim: 0 dim: 0 dim: -1 dim: 1'])} } }`,
  },
  {
    type: 'Permute',
    params: (pick) =>
      `permute_param { ${pick.of(['order: 0 order: 2 order: 3 order: 1', 'order: 0 order: 3', 'order: 0 order: 1 order: 3 order: 2'])} }`,
  },
  { type: 'Crop', bottoms: 2, params: () => '' },
  { type: 'ShuffleChannel', params: (pick) => `shuffle_channel_param { group: ${pick.of([1, 2, 3])} }` },
  { type: 'Reorg', params: (pick) => `reorg_param { stride: 2 reverse: ${pick.of([true, false])} }` },
  { type: 'Upsample', params: () => 'upsample_param { scale: 2 }' },
  { type: 'Upsample', bottoms: 2, params: () => 'upsample_param { scale: 2 }' },
  {
    type: 'Interp',
    params: (pick) => `interp_param { ${pick.of(['zoom_factor: 2', 'shrink_factor: 2', 'height: 7 width: 5'])} }`,
  },
  { type: 'Softmax', params: (pick) => `softmax_param { axis: ${pick.of([1, -1])} }` },
  { type: 'Sigmoid', inPlace: true, params: () => '' },
  { type: 'TanH', inPlace: true, params: () => '' },
  { type: 'ELU', inPlace: true, params: () => '' },
  { type: 'AbsVal', inPlace: true, params: () => '' },
  { type: 'BNLL', inPlace: true, params: () => '' },
  {
    type: 'Power',
    inPlace: true,
    params: (pick) =>
      `power_param { power: ${pick.of([1, 1, 2])} scale: ${pick.of([1, 0.01, -0.5])} shift: ${pick.of([0, 1])} }`,
  },
  { type: 'Exp', params: () => 'exp_param { scale: 0.0001 }' },
  { type: 'MVN', params: (pick) => `mvn_param { across_channels: ${pick.of([true, false])} }` },
  {
    type: 'Normalize',
    params: (pick) => `norm_param { across_spatial: ${pick.of([true, false])} channel_shared: false }`,
  },
  { type: 'Threshold', inPlace: true, params: () => 'threshold_param { threshold: 0.5 }' },
  { type: 'Swish', inPlace: true, params: () => '' },
  {
    type: 'Clip',
    inPlace: true,
    params: (pick) => `clip_param { min: ${pick.of([0, 0, -1])} max: ${pick.of([2, 6, 30])} }`,
  },
  { type: 'Tile', params: (pick) => `tile_param { axis: ${pick.of([1, 2, -1])} tiles: 2 }` },
  { type: 'Axpy', bottoms: 3, params: () => '' },
  { type: 'ArgMax', params: (pick) => `argmax_param { ${pick.of(['axis: 1', 'out_max_val: true axis: 1'])} }` },
];

/** A network of random layers on a random input, every one of which imports; the same for the same seed. */
export function randomNetwork(seed: number): string {
  const random = seedrandom(`network ${seed}`);
  const draw = (below: number): number => Math.floor(random() * below);
  const pick: Pick = Object.assign(draw, { of: <T>(list: readonly T[]): T => list[draw(list.length)]! });
  let text = `name: "random"\nlayer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: ${pick.of([1, 3, 3, 4])} dim: ${4 + pick(14)} dim: ${4 + pick(14)} } } }\n`;
  const blobs = ['data'];
  const count = 3 + pick(14);
  for (let layer = 0, tries = 0; layer < count && tries < 200; tries++) {
    const {
      type,
      bottoms = 1,
      tops = 1,
      inPlace = false,
      params,
    } = candidates[pick(3) === 0 ? pick(5) : pick(candidates.length)]!;
    const recent = blobs.slice(-4);
    const from = Array.from({ length: bottoms }, (_, i) =>
      i === 0 && pick(3) > 0 ? blobs[blobs.length - 1]! : pick.of(pick(4) === 0 ? blobs : recent),
    );
    const to =
      inPlace && pick(2) === 0 && from[0] !== 'data'
        ? [from[0]!]
        : Array.from({ length: tops }, (_, i) => `b${layer}_${i}`);
    const line = `layer { name: "l${layer}" type: "${type}" ${from.map((name) => `bottom: "${name}"`).join(' ')} ${to.map((name) => `top: "${name}"`).join(' ')} ${params(pick)} }\n`;
    if (!imports(text + line)) continue;
    text += line;
    for (const name of to) {
      if (blobs.includes(name)) blobs.splice(blobs.indexOf(name), 1);
      blobs.push(name);
    }
    layer++;
  }
  return text;
}

/** Whether the network makes sense and stays small. */
function imports(prototxt: string): boolean {
  try {
    const { graph } = inspectCaffe({ prototxt, shapesOnly: true });
    return graph.values.every(({ shape }) => shape.reduce((a, b) => a * b, 1) < 20_000);
  } catch (error) {
    if (error instanceof XfdnnError && error.code === 'model') return false;
    throw error;
  }
}
