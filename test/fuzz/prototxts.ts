import type { Random } from './random.js';

/** Numbers that a field may hold although it should not. */
const ABSURD = [
  '0',
  '-1',
  '1e9',
  '2147483648',
  '4294967295',
  '99999999999999999999',
  'nan',
  '1e-45',
  '"x"',
  '0.5',
] as const;
const NAMES = [
  'a',
  'b',
  'c',
  'data',
  '__proto__',
  'constructor',
  'toString',
  'a/b',
  'a__b',
  '',
  '..',
  'x\\033[31m',
  '\\n',
] as const;

/** Fields of layers that networks have, with values that make sense. */
const LAYERS: readonly (readonly [type: string, parameter: string, fields: readonly string[]])[] = [
  [
    'Convolution',
    'convolution_param',
    ['num_output: 4', 'kernel_size: 3', 'pad: 1', 'stride: 2', 'group: 2', 'dilation: 2'],
  ],
  ['Deconvolution', 'convolution_param', ['num_output: 2', 'kernel_size: 4', 'stride: 2', 'pad: 1']],
  ['InnerProduct', 'inner_product_param', ['num_output: 3', 'axis: 1', 'transpose: true', 'bias_term: false']],
  ['Pooling', 'pooling_param', ['pool: AVE', 'kernel_size: 2', 'stride: 2', 'pad: 1', 'global_pooling: true']],
  ['LRN', 'lrn_param', ['local_size: 5', 'alpha: 0.1', 'beta: 0.75', 'norm_region: WITHIN_CHANNEL']],
  ['Eltwise', 'eltwise_param', ['operation: SUM', 'operation: PROD', 'coeff: 2', 'coeff: -1']],
  ['Concat', 'concat_param', ['axis: 1', 'concat_dim: 1']],
  ['Slice', 'slice_param', ['axis: 1', 'slice_point: 1', 'slice_point: 2']],
  ['Reshape', 'reshape_param', ['shape { dim: 0 dim: -1 }', 'axis: 1', 'num_axes: 2']],
  ['Crop', 'crop_param', ['axis: 2', 'offset: 1']],
  ['Tile', 'tile_param', ['axis: 1', 'tiles: 2']],
  ['Power', 'power_param', ['power: 2', 'scale: 0.5', 'shift: 1']],
  ['ReLU', 'relu_param', ['negative_slope: 0.1']],
  ['PReLU', 'prelu_param', ['channel_shared: true']],
  ['BatchNorm', 'batch_norm_param', ['eps: 0.001', 'use_global_stats: true']],
  ['Scale', 'scale_param', ['axis: 1', 'num_axes: 1', 'bias_term: true']],
  ['Permute', 'permute_param', ['order: 0', 'order: 2', 'order: 3', 'order: 1']],
  ['Interp', 'interp_param', ['zoom_factor: 2', 'height: 5', 'width: 5', 'shrink_factor: 2']],
  ['SPP', 'spp_param', ['pyramid_height: 3', 'pool: MAX']],
  ['ArgMax', 'argmax_param', ['top_k: 1', 'axis: 1', 'out_max_val: true']],
  ['Normalize', 'norm_param', ['across_spatial: false', 'channel_shared: true']],
  ['Reorg', 'reorg_param', ['stride: 2']],
  ['ShuffleChannel', 'shuffle_channel_param', ['group: 2']],
  ['Dropout', 'dropout_param', ['dropout_ratio: 0.5']],
  ['Softmax', 'softmax_param', ['axis: 1']],
  ['Flatten', 'flatten_param', ['axis: 1', 'end_axis: -1']],
  ['Sigmoid', '', []],
  ['Split', '', []],
];

/** A network that may make sense: fields dropped, doubled, of other kinds; odd names; layers that read what nobody writes. */
export function randomPrototxt(random: Random): string {
  const input = `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: ${random.of([1, 2, 4])} dim: ${size(random)} dim: ${size(random)} } } }`;
  const tops = ['data'];
  const lines = [input];
  const count = random.once(40) ? 400 : 1 + random.below(6);
  for (let index = 0; index < count; index++) lines.push(layer(random, tops, index));
  return lines.join('\n');
}

const size = (random: Random): string => (random.once(25) ? random.of(ABSURD) : `${1 + random.below(9)}`);

function layer(random: Random, tops: string[], index: number): string {
  const [type, parameter, fields] = random.of(LAYERS);
  const name = random.once(8) ? random.of(NAMES) : `l${index}`;
  const bottoms = Array.from({ length: bottomsOf(random, type) }, () =>
    random.once(30) ? random.of(NAMES) : random.once(2) ? tops.at(-1)! : random.of(tops),
  );
  const top =
    random.once(6) && bottoms[0] !== undefined ? bottoms[0] : random.once(12) ? random.of(NAMES) : `t${index}`;
  const outputs = Array.from({ length: type === 'Slice' ? 2 : 1 }, (_, output) =>
    output === 0 ? top : `${top}_${output}`,
  );
  tops.push(...outputs);
  const words = [...bottoms.map((bottom) => `bottom: "${bottom}"`), ...outputs.map((output) => `top: "${output}"`)];
  const chosen = fields.filter(() => random.below(3) > 0).map((field) => odd(random, field));
  const message = parameter === '' ? '' : `${parameter} { ${chosen.join(' ')} }`;
  return `layer { name: "${name}" type: "${random.once(60) ? random.of(NAMES) : type}" ${words.join(' ')} ${message} }`;
}

function bottomsOf(random: Random, type: string): number {
  if (random.once(30)) return random.below(4);
  return /Eltwise|Concat|Crop/.test(type) ? 2 : 1;
}

function odd(random: Random, field: string): string {
  if (random.once(12)) return field.replace(/: [^ ]+/, `: ${random.of(ABSURD)}`);
  if (random.once(30)) return `${field} ${field}`;
  return random.once(40) ? field.replace(/^\w+/, random.of(['unknown', 'kernel_h', 'axis'])) : field;
}
