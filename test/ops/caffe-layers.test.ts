import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { ops } from '../../src/ops/index.js';
import { image, load, readings, several } from './caffe-readings.js';

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
