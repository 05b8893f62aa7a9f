import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import type { Graph, GraphNode } from '../../src/graph/graph.js';
import { ops } from '../../src/ops/index.js';

/** A network of inputs `a`, `b` ... of these sizes and one layer that reads them all. */
function load(layer: string, inputs: readonly number[][], tops = 1): { graph: Graph; node: GraphNode } {
  const names = inputs.map((_, i) => String.fromCharCode(97 + i));
  const feeds = inputs.map(
    (shape, i) =>
      `layer { name: "${names[i]}" type: "Input" top: "${names[i]}" input_param { shape { ${shape.map((size) => `dim: ${size}`).join(' ')} } } }`,
  );
  const ends = Array.from({ length: tops }, (_, i) => `top: "y${i}"`).join(' ');
  const body = `layer { name: "it" ${names.map((name) => `bottom: "${name}"`).join(' ')} ${ends} ${layer} }`;
  // A network needs an output.
  const reader = tops === 0 ? 'layer { name: "z" type: "TanH" bottom: "a" top: "z" }' : '';
  const graph = loadCaffe({
    prototxt: [...feeds, body, reader].join('\n'),
    prototxtName: 'net.prototxt',
    shapesOnly: true,
  });
  return { graph, node: graph.nodes.find(({ name }) => name === 'it')! };
}

const image = [1, 4, 8, 6];
const f = Math.fround;

/** Text of a layer, the operator and attributes it becomes, its output sizes and the sizes of its constants. */
const readings: [string, readonly number[][], string, object, readonly number[][], (readonly number[][])?][] = [
  [
    'type: "Convolution" convolution_param { num_output: 6 kernel_size: 3 pad: 1 stride: 2 }',
    [image],
    'convolution',
    { outChannels: 6, kernel: [3, 3], stride: [2, 2], pad: [1, 1, 1, 1], dilation: [1, 1], group: 1, bias: true },
    [[1, 6, 4, 3]],
    [[6, 4, 3, 3], [6]],
  ],
  [
    'type: "Convolution" convolution_param { num_output: 6 kernel_h: 1 kernel_w: 3 pad_h: 0 pad_w: 1 stride_h: 1 stride_w: 2 group: 2 bias_term: false }',
    [image],
    'convolution',
    { kernel: [1, 3], stride: [1, 2], pad: [0, 1, 0, 1], group: 2, bias: false },
    [[1, 6, 8, 3]],
    [[6, 2, 1, 3]],
  ],
  [
    'type: "Convolution" convolution_param { num_output: 2 kernel_size: 3 kernel_size: 1 pad: 2 pad: 0 dilation: 2 }',
    [image],
    'convolution',
    { kernel: [3, 1], pad: [2, 0, 2, 0], dilation: [2, 2] },
    [[1, 2, 8, 6]],
  ],
  [
    'type: "ConvolutionDepthwise" convolution_param { num_output: 4 kernel_size: 3 pad: 1 }',
    [image],
    'convolution',
    { group: 4 },
    [image],
    [[4, 1, 3, 3], [4]],
  ],
  [
    'type: "DepthwiseConvolution" convolution_param { num_output: 4 kernel_size: 3 pad: 1 group: 2 }',
    [image],
    'convolution',
    { group: 2 },
    [image],
  ],
  [
    'type: "Deconvolution" convolution_param { num_output: 4 kernel_size: 4 pad: 1 stride: 2 group: 4 bias_term: false }',
    [image],
    'deconvolution',
    { group: 4 },
    [[1, 4, 16, 12]],
    [[4, 1, 4, 4]],
  ],
  [
    'type: "Deconvolution" convolution_param { num_output: 6 kernel_size: 2 stride: 2 }',
    [image],
    'deconvolution',
    { outChannels: 6 },
    [[1, 6, 16, 12]],
    [[4, 6, 2, 2], [6]],
  ],
  [
    'type: "InnerProduct" inner_product_param { num_output: 3 }',
    [image],
    'inner-product',
    { outChannels: 3, axis: 1, transpose: false, bias: true },
    [[1, 3]],
    [[3, 192], [3]],
  ],
  [
    'type: "InnerProduct" inner_product_param { num_output: 3 axis: -1 transpose: true bias_term: false }',
    [image],
    'inner-product',
    { axis: -1, transpose: true },
    [[1, 4, 8, 3]],
    [[6, 3]],
  ],
  [
    'type: "Pooling" pooling_param { pool: MAX kernel_size: 3 stride: 2 }',
    [image],
    'pooling',
    { operation: 'max', kernel: [3, 3], stride: [2, 2], pad: [0, 0, 0, 0], ceil: true, count: 'padded' },
    [[1, 4, 4, 3]],
  ],
  [
    'type: "Pooling" pooling_param { pool: AVE kernel_size: 3 stride: 2 round_mode: FLOOR }',
    [image],
    'pooling',
    { operation: 'average', ceil: false },
    [[1, 4, 3, 2]],
  ],
  [
    'type: "Pooling" pooling_param { kernel_size: 3 stride: 2 ceil_mode: false }',
    [image],
    'pooling',
    { operation: 'max', ceil: false },
    [[1, 4, 3, 2]],
  ],
  [
    'type: "Pooling" pooling_param { pool: AVE kernel_h: 2 kernel_w: 3 stride_h: 2 stride_w: 3 pad: 1 }',
    [image],
    'pooling',
    { kernel: [2, 3], stride: [2, 3], pad: [1, 1, 1, 1] },
    [[1, 4, 5, 3]],
  ],
  [
    'type: "Pooling" pooling_param { pool: AVE global_pooling: true }',
    [image],
    'pooling',
    { kernel: [8, 6], stride: [1, 1] },
    [[1, 4, 1, 1]],
  ],
  ['type: "ReLU"', [image], 'relu', { slope: 0, ceiling: Infinity }, [image]],
  ['type: "ReLU" relu_param { negative_slope: 0.1 }', [image], 'relu', { slope: f(0.1) }, [image]],
  ['type: "ReLU6"', [image], 'relu', { slope: 0, ceiling: 6 }, [image]],
  ['type: "PReLU"', [image], 'prelu', { axis: 1, shared: false }, [image], [[4]]],
  ['type: "PReLU" prelu_param { channel_shared: true }', [image], 'prelu', { shared: true }, [image], [[1]]],
  ['type: "Eltwise"', [image, image], 'eltwise', { operation: 'sum', coefficients: [] }, [image]],
  [
    'type: "Eltwise" eltwise_param { operation: SUM coeff: 1 coeff: -0.1 }',
    [image, image],
    'eltwise',
    { coefficients: [1, f(-0.1)] },
    [image],
  ],
  ['type: "Eltwise" eltwise_param { operation: PROD }', [image, image], 'eltwise', { operation: 'product' }, [image]],
  ['type: "Eltwise" eltwise_param { operation: MAX }', [image, image, image], 'eltwise', { operation: 'max' }, [image]],
  [
    'type: "Eltwise" eltwise_param { operation: MAX coeff: 1 coeff: 2 }',
    [image, image],
    'eltwise',
    { operation: 'max', coefficients: [] },
    [image],
  ],
  ['type: "Concat"', [image, image], 'concat', { axis: 1 }, [[1, 8, 8, 6]]],
  ['type: "Concat" concat_param { axis: 2 }', [image, image], 'concat', { axis: 2 }, [[1, 4, 16, 6]]],
  ['type: "Concat" concat_param { concat_dim: 3 }', [image, image], 'concat', { axis: 3 }, [[1, 4, 8, 12]]],
  [
    'type: "BatchNorm"',
    [image],
    'batch-norm',
    { axis: 1, eps: f(1e-5), factor: true, scaleBias: false },
    [image],
    [[4], [4], [1]],
  ],
  [
    'type: "BatchNorm" batch_norm_param { use_global_stats: true eps: 0.001 scale_bias: true }',
    [image],
    'batch-norm',
    { eps: f(0.001), scaleBias: true },
    [image],
    [[4], [4], [1], [4], [4]],
  ],
  [
    'type: "BatchNorm" batch_norm_param { scale_filler { value: 1 } }',
    [image],
    'batch-norm',
    { scaleBias: true },
    [image],
  ],
  [
    'type: "Scale" scale_param { bias_term: true }',
    [image],
    'scale',
    { axis: 1, numAxes: 1, bias: true },
    [image],
    [[4], [4]],
  ],
  ['type: "Scale" scale_param { axis: 1 num_axes: -1 }', [image], 'scale', { numAxes: -1 }, [image], [[4, 8, 6]]],
  ['type: "Scale" scale_param { axis: 0 }', [image, [1, 4]], 'scale', { axis: 0 }, [image], []],
  ['type: "Bias"', [image], 'bias', { axis: 1, numAxes: 1 }, [image], [[4]]],
  ['type: "Flatten"', [image], 'flatten', { axis: 1, endAxis: -1 }, [[1, 192]]],
  [
    'type: "Reshape" reshape_param { shape { dim: 0 dim: 2 dim: -1 } }',
    [image],
    'reshape',
    { dims: [0, 2, -1] },
    [[1, 2, 96]],
  ],
  [
    'type: "Reshape" reshape_param { axis: 1 num_axes: 1 shape { dim: 2 dim: 2 } }',
    [image],
    'reshape',
    { axis: 1, numAxes: 1 },
    [[1, 2, 2, 8, 6]],
  ],
  [
    'type: "Permute" permute_param { order: 0 order: 2 order: 3 order: 1 }',
    [image],
    'permute',
    { order: [0, 2, 3, 1] },
    [[1, 8, 6, 4]],
  ],
  ['type: "ShuffleChannel" shuffle_channel_param { group: 2 }', [image], 'shuffle-channel', { group: 2 }, [image]],
  ['type: "Reorg" reorg_param { stride: 2 }', [image], 'reorg', { stride: 2, reverse: false }, [[1, 16, 4, 3]]],
  [
    'type: "Crop" crop_param { axis: 2 offset: 1 offset: 2 }',
    [image, [1, 9, 5, 4]],
    'crop',
    { axis: 2, offsets: [1, 2] },
    [[1, 4, 5, 4]],
  ],
  [
    'type: "Interp" interp_param { zoom_factor: 2 }',
    [image],
    'resize',
    { size: [15, 11], method: 'bilinear', alignment: 'corners' },
    [[1, 4, 15, 11]],
  ],
  ['type: "Interp" interp_param { shrink_factor: 2 }', [image], 'resize', { size: [4, 3] }, [[1, 4, 4, 3]]],
  [
    'type: "Interp" interp_param { height: 5 width: 7 pad_beg: -1 pad_end: 0 }',
    [image],
    'resize',
    { size: [5, 7], crop: [1, 1, 0, 0] },
    [[1, 4, 5, 7]],
  ],
  ['type: "Interp"', [image, [1, 9, 3, 2]], 'resize', { size: [3, 2] }, [[1, 4, 3, 2]]],
  [
    'type: "Upsample" upsample_param { scale: 2 }',
    [image],
    'resize',
    { size: [16, 12], method: 'nearest' },
    [[1, 4, 16, 12]],
  ],
  [
    'type: "Upsample" upsample_param { scale_h: 2 scale_w: 3 }',
    [image],
    'resize',
    { size: [16, 18] },
    [[1, 4, 16, 18]],
  ],
  [
    'type: "Upsample" upsample_param { scale: 2 pad_out_h: true }',
    [image, image],
    'resize',
    { size: [15, 12], method: 'unpool' },
    [[1, 4, 15, 12]],
  ],
  [
    'type: "Upsample" upsample_param { scale: 2 upsample_h: 9 upsample_w: 7 }',
    [image, image],
    'resize',
    { size: [9, 7] },
    [[1, 4, 9, 7]],
  ],
  [
    'type: "LRN" lrn_param { local_size: 3 alpha: 0.0001 beta: 0.75 }',
    [image],
    'lrn',
    { region: 'across', size: 3, alpha: f(1e-4), beta: 0.75, k: 1 },
    [image],
  ],
  [
    'type: "LRN" lrn_param { norm_region: WITHIN_CHANNEL k: 2 }',
    [image],
    'lrn',
    { region: 'within', size: 5, k: 1 },
    [image],
  ],
  [
    'type: "MVN" mvn_param { across_channels: true }',
    [image],
    'mvn',
    { variance: true, acrossChannels: true, eps: f(1e-9) },
    [image],
  ],
  [
    'type: "Normalize" norm_param { across_spatial: false channel_shared: false }',
    [image],
    'normalize',
    { acrossSpatial: false, shared: false, eps: f(1e-10) },
    [image],
    [[4]],
  ],
  ['type: "Softmax"', [image], 'softmax', { axis: 1 }, [image]],
  ['type: "Threshold" threshold_param { threshold: 0.1 }', [image], 'threshold', { threshold: f(0.1) }, [image]],
  ['type: "Swish"', [image], 'swish', { beta: 1 }, [image]],
  ['type: "Clip" clip_param { min: 0 max: 6 }', [image], 'clip', { min: 0, max: 6 }, [image]],
  ['type: "Axpy"', [[1, 4, 1, 1], image, image], 'axpy', {}, [image]],
  ['type: "Tile" tile_param { axis: -1 tiles: 3 }', [image], 'tile', { multiples: [1, 1, 1, 3] }, [[1, 4, 8, 18]]],
  ['type: "ELU" elu_param { alpha: 0.5 }', [image], 'elu', { alpha: 0.5 }, [image]],
  ['type: "Reduction"', [image], 'reduction', { operation: 'sum', axis: 0, coefficient: 1 }, [[]]],
  [
    'type: "Reduction" reduction_param { operation: MEAN axis: -2 coeff: 0.5 }',
    [image],
    'reduction',
    { operation: 'mean', axis: -2, coefficient: 0.5 },
    [[1, 4]],
  ],
  [
    'type: "SPP" spp_param { pyramid_height: 2 pool: AVE }',
    [image],
    'spatial-pyramid-pooling',
    { operation: 'average', levels: 2 },
    [[1, 20]],
  ],
  ['type: "SPP" spp_param { pyramid_height: 1 }', [image], 'spatial-pyramid-pooling', { levels: 1 }, [[1, 4, 1, 1]]],
  [
    'type: "Power" power_param { power: 2 scale: 0.1 shift: 1 }',
    [image],
    'power',
    { power: 2, scale: f(0.1), shift: 1 },
    [image],
  ],
  ['type: "Exp" exp_param { base: 2 }', [image], 'exp', { base: 2, scale: 1, shift: 0 }, [image]],
  ['type: "Log"', [image], 'log', { base: -1, scale: 1, shift: 0 }, [image]],
  [
    'type: "ArgMax" argmax_param { axis: 1 }',
    [image],
    'argmax',
    { axis: 1, count: 1, values: false, ties: 'highest' },
    [[1, 1, 8, 6]],
  ],
  [
    'type: "ArgMax" argmax_param { out_max_val: true top_k: 5 }',
    [[1, 10]],
    'argmax',
    { axis: null, count: 5, values: true },
    [[1, 2, 5]],
  ],
  ['type: "Dropout" dropout_param { dropout_ratio: 0.5 }', [image], 'dropout', {}, [image]],
  ['type: "Sigmoid"', [image], 'sigmoid', {}, [image]],
  ['type: "TanH"', [image], 'tanh', {}, [image]],
  ['type: "AbsVal"', [image], 'abs-val', {}, [image]],
  ['type: "BNLL"', [image], 'bnll', {}, [image]],
  [
    'type: "PriorBox" prior_box_param { min_size: 30 max_size: 60 aspect_ratio: 2 step: 8 variance: 0.1 }',
    [image, [1, 3, 64, 48]],
    'prior-box',
    {
      minSizes: [30],
      maxSizes: [60],
      aspectRatios: [1, 2, 0.5],
      image: [64, 48],
      step: [8, 8],
      offset: 0.5,
      clip: false,
      variances: [f(0.1)],
    },
    [[1, 2, 8 * 6 * 4 * 4]],
  ],
  [
    'type: "PriorBox" prior_box_param { min_size: 30 aspect_ratio: 2 aspect_ratio: 2 flip: false img_h: 10 img_w: 20 }',
    [image, [1, 3, 64, 48]],
    'prior-box',
    { aspectRatios: [1, 2], image: [10, 20], step: [0, 0] },
    [[1, 2, 8 * 6 * 2 * 4]],
  ],
  [
    'type: "DetectionOutput" detection_output_param { num_classes: 3 nms_param { nms_threshold: 0.45 top_k: 400 } code_type: CENTER_SIZE keep_top_k: 5 confidence_threshold: 0.25 }',
    [
      [1, 8],
      [1, 6],
      [1, 2, 8],
    ],
    'detection-output',
    {
      classes: 3,
      shareLocation: true,
      background: 0,
      nmsThreshold: f(0.45),
      topK: 400,
      eta: 1,
      code: 'CENTER_SIZE',
      keepTopK: 5,
      confidence: 0.25,
    },
    [[1, 1, 4, 7]],
  ],
];

readings.forEach(([layer, inputs, op, attrs, shapes, params], index) => {
  test(`layer ${index}: ${layer.slice(0, 90)}`, () => {
    const { graph, node } = load(layer, inputs);
    assert.is(node.op, op);
    for (const [key, value] of Object.entries(attrs)) assert.equal(node.attrs[key], value, key);
    assert.equal(
      node.outputs.map((id) => graph.values[id]!.shape),
      shapes,
    );
    if (params !== undefined)
      assert.equal(
        node.params.map((param) => param.shape),
        params,
      );
  });
});

const several: [string, number, object, readonly number[][]][] = [
  [
    'type: "Slice"',
    2,
    { axis: 1, points: [] },
    [
      [1, 2, 8, 6],
      [1, 2, 8, 6],
    ],
  ],
  [
    'type: "Slice" slice_param { axis: 2 slice_point: 1 slice_point: 3 }',
    3,
    { axis: 2, points: [1, 3] },
    [
      [1, 4, 1, 6],
      [1, 4, 2, 6],
      [1, 4, 5, 6],
    ],
  ],
  [
    'type: "Slice" slice_param { slice_dim: 3 }',
    2,
    { axis: 3 },
    [
      [1, 4, 8, 3],
      [1, 4, 8, 3],
    ],
  ],
  [
    'type: "Pooling" pooling_param { kernel_size: 2 stride: 2 }',
    2,
    { indices: true },
    [
      [1, 4, 4, 3],
      [1, 4, 4, 3],
    ],
  ],
  ['type: "Split"', 2, { count: 2 }, [image, image]],
];
for (const [layer, tops, attrs, shapes] of several) {
  test(`${layer} with ${tops} tops`, () => {
    const { graph, node } = load(layer, [image], tops);
    for (const [key, value] of Object.entries(attrs)) assert.equal(node.attrs[key], value, key);
    assert.equal(
      node.outputs.map((id) => graph.values[id]!.shape),
      shapes,
    );
  });
}

/** Types that are no row: an input and a constant need a reader, and Silence leaves no node. */
const apart = ['Input', 'DummyData', 'Silence'];
test('DummyData beside an input is a constant of its shape', () => {
  const prototxt = `
    layer { name: "data" type: "Input" top: "a" input_param { shape { dim: 1 dim: 5 } } }
    layer { name: "two" type: "DummyData" top: "b" dummy_data_param { shape { dim: 1 dim: 5 } data_filler { value: 2 } } }
    layer { name: "z" type: "Eltwise" bottom: "a" bottom: "b" top: "z" }`;
  const { nodes } = loadCaffe({ prototxt, prototxtName: 'net.prototxt' });
  const constant = nodes.find(({ name }) => name === 'two');
  assert.is(constant?.op, 'constant');
  assert.equal(constant?.attrs, { shape: [1, 5] });
  assert.equal(Array.from(constant?.params[0]?.data ?? []), [2, 2, 2, 2, 2]);
});

test('an Input is a value that is fed; Silence reads a blob, and nothing is left of it', () => {
  const prototxt = `
    layer { name: "data" type: "Input" top: "a" input_param { shape { dim: 1 dim: 5 } } }
    layer { name: "z" type: "TanH" bottom: "a" top: "z" }
    layer { name: "quiet" type: "Silence" bottom: "a" }`;
  const { nodes, values } = loadCaffe({ prototxt, prototxtName: 'net.prototxt', shapesOnly: true });
  assert.equal(
    nodes.map(({ name, op }) => [name, op]),
    [
      ['data', 'input'],
      ['z', 'tanh'],
    ],
  );
  assert.equal(nodes[0]!.attrs, { shape: [1, 5] });
  assert.equal(values[0]!.shape, [1, 5]);
});

test('every layer type of the table has a row here', () => {
  const rows = [...readings, ...several].map(([layer]) => /type: "(\w+)"/.exec(layer)?.[1]).concat(apart);
  const without = ops.flatMap((op) => op.caffe?.types ?? []).filter((type) => !rows.includes(type));
  assert.equal(without, [], `expected a row of readings for ${without.join(', ')}`);
});

const refusals: [string, readonly number[][], RegExp][] = [
  ['type: "Convolution" convolution_param { num_output: 4 }', [image], /expected kernel_size, got none/],
  ['type: "Convolution" convolution_param { kernel_size: 3 }', [image], /num_output of at least 1, got 0/],
  [
    'type: "Convolution" convolution_param { num_output: 4 kernel_size: 3 kernel_h: 3 kernel_w: 3 }',
    [image],
    /kernel_size, or kernel_h and kernel_w, got both/,
  ],
  [
    'type: "Convolution" convolution_param { num_output: 4 kernel_size: 1 kernel_size: 2 kernel_size: 3 }',
    [image],
    /kernel_size for 2 axes, got 3 values/,
  ],
  [
    'type: "Convolution" convolution_param { num_output: 4 kernel_size: 9 }',
    [image],
    /kernel within the padded input, got 9 over 8 rows/,
  ],
  [
    'type: "Convolution" convolution_param { num_output: 4 kernel_size: 3 group: 3 }',
    [image],
    /group that divides 4 input channels, got 3/,
  ],
  [
    'type: "Convolution" convolution_param { num_output: 4 kernel_size: 3 group: 0 }',
    [image],
    /group of at least 1, got 0/,
  ],
  ['type: "Convolution" convolution_param { num_output: 4 kernel_size: 3 axis: 2 }', [image], /axis 1, got 2/],
  ['type: "Convolution" convolution_param { num_output: 4 kernel_size: 3 }', [[1, 4]], /4-dimensional input, got 1x4/],
  ['type: "Pooling" pooling_param { pool: STOCHASTIC kernel_size: 2 }', [image], /pool MAX or AVE, got STOCHASTIC/],
  [
    'type: "Pooling" pooling_param { global_pooling: true stride: 2 }',
    [image],
    /global_pooling with pad 0 and stride 1/,
  ],
  ['type: "BatchNorm" batch_norm_param { use_global_stats: false }', [image], /use_global_stats true, got false/],
  ['type: "Clip" clip_param { min: 0 }', [image], /expected max, got none/],
  ['type: "Exp" exp_param { base: 0 }', [image], /base of -1 \(e\) or above 0, got 0/],
  ['type: "Interp" interp_param { pad_beg: 1 }', [image], /pad_beg and pad_end of at most 0, got 1 and 0/],
  ['type: "PriorBox" prior_box_param { min_size: 3 }', [image], /expected 2 bottoms, got 1/],
  ['type: "Upsample" upsample_param { scale: 2 }', [image, [1, 4, 8, 5]], /one shape, got 1x4x8x6 and 1x4x8x5/],
  ['type: "Eltwise" eltwise_param { coeff: 1 }', [image, image], /2 coefficients, one per input, got 1/],
];
for (const [layer, inputs, message] of refusals) {
  test(`refused: ${layer}`, () => {
    assert.throws(
      () => load(layer, inputs),
      (error: Error) => {
        assert.match(error.message, message);
        assert.match(error.message, /^net\.prototxt:\d+:\d+: layer "it"/);
        return true;
      },
    );
  });
}

test('an input that only gives its size is not read', () => {
  assert.equal(load('type: "Crop"', [image, [1, 9, 5, 4]]).node.inputs, [0]);
  assert.equal(load('type: "Interp"', [image, [1, 9, 3, 2]]).node.inputs, [0]);
  assert.equal(load('type: "Eltwise"', [image, image]).node.inputs, [0, 1]);
  assert.equal(load('type: "Upsample"', [image, image]).node.inputs, [0, 1]);
});

for (const type of ops.flatMap((op) => op.caffe?.types ?? [])) {
  if (['Input', 'DummyData', 'Silence'].includes(type)) continue;
  test(`${type} without a bottom is one clear error`, () => {
    const needed =
      'convolution_param { num_output: 1 kernel_size: 1 } inner_product_param { num_output: 1 } pooling_param { global_pooling: true }';
    const text = `layer { name: "a" type: "Input" top: "a" input_param { shape { dim: 1 dim: 2 } } }\nlayer { name: "z" type: "TanH" bottom: "a" top: "z" }\nlayer { name: "it" type: "${type}" top: "y" ${needed} }`;
    assert.throws(
      () => loadCaffe({ prototxt: text, prototxtName: 'net.prototxt', shapesOnly: true }),
      (error: Error) => {
        assert.is(error.name, 'XfdnnError', error.stack);
        assert.match(error.message, /layer "it".*expected/);
        return true;
      },
    );
  });
}

test.run();
