import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaffeOptions } from '../../src/caffe/index.js';
import { inspectCaffe, loadCaffe } from '../../src/caffe/index.js';
import { XfdnnError } from '../../src/error.js';
import type { Graph } from '../../src/graph/graph.js';
import { ProtobufWriter } from '../protobuf-writer.js';
import { throws } from '../throws.js';

const input =
  'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 64 dim: 3 dim: 8 dim: 10 } } }\n';
const conv = (name: string, bottom: string, more = '') =>
  `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" convolution_param { num_output: 4 kernel_size: 3 ${more} } }\n`;
const relu = (name: string, blob: string) =>
  `layer { name: "${name}" type: "ReLU" bottom: "${blob}" top: "${blob}" }\n`;
const fc = (name: string, bottom: string) =>
  `layer { name: "${name}" type: "InnerProduct" bottom: "${bottom}" top: "${name}" inner_product_param { num_output: 5 } }\n`;
const net = input + conv('conv1', 'data') + relu('relu1', 'conv1') + fc('fc', 'conv1');

function load(prototxt: string, options: Partial<CaffeOptions> = {}): Graph {
  return loadCaffe({ prototxt, prototxtName: 'net', weightsName: 'w', seedWeights: 1, ...options });
}

/** A caffemodel of blobs of zeros. */
function weights(layers: Record<string, number[][]>): Uint8Array {
  return ProtobufWriter.build((writer) => {
    for (const [name, shapes] of Object.entries(layers)) {
      writer.message(100, (layer) => {
        layer.string(1, name);
        for (const shape of shapes)
          layer.message(7, (blob) =>
            blob
              .message(7, (inner) => inner.packedIntegers(1, shape))
              .packedFloats(5, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0)),
          );
      });
    }
  });
}

const right = { conv1: [[4, 3, 3, 3], [4]], fc: [[5, 192], [5]] };

test('a network becomes a graph of one image', () => {
  const graph = load(net);
  assert.equal(
    graph.nodes.map((node) => [
      node.name,
      node.op,
      node.inputs,
      node.outputs,
      node.params.map(({ shape }) => shape),
      node.where,
    ]),
    [
      ['data', 'input', [], [0], [], 'net:1:1'],
      ['conv1', 'convolution', [0], [1], [[4, 3, 3, 3], [4]], 'net:2:1'],
      ['relu1', 'relu', [1], [2], [], 'net:3:1'],
      ['fc', 'inner-product', [2], [3], [[5, 192], [5]], 'net:4:1'],
    ],
  );
  assert.equal(
    graph.values.map(({ blob, version, shape }) => [blob, version, shape]),
    [
      ['data', 0, [1, 3, 8, 10]],
      ['conv1', 0, [1, 4, 6, 8]],
      ['conv1', 1, [1, 4, 6, 8]],
      ['fc', 0, [1, 5]],
    ],
  );
  assert.equal([graph.inputs, graph.outputs], [[0], [3]]);
  assert.equal({ ...graph.names }, { data: 0, conv1: 1, relu1: 2, fc: 3 });
});

test('a name without a layer of its own is the last version of the blob', () => {
  const graph = load(input + conv('conv1', 'data').replace('top: "conv1"', 'top: "c"') + relu('relu1', 'c'));
  assert.equal([graph.names['conv1'], graph.names['c'], graph.names['relu1']], [1, 2, 2]);
});

test('--dims, --output_layer and --input_layer', () => {
  assert.equal(
    load(net, { dims: [3, 20, 30], outputLayers: ['relu1'] }).values.map(({ shape }) => shape),
    [
      [1, 3, 20, 30],
      [1, 4, 18, 28],
      [1, 4, 18, 28],
    ],
  );
  const fed = load(net, { inputLayer: 'relu1' });
  assert.equal(
    fed.nodes.map((node) => [node.name, node.op]),
    [
      ['relu1', 'input'],
      ['fc', 'inner-product'],
    ],
  );
  assert.equal(fed.values[0]!.shape, [1, 4, 6, 8]);
  assert.equal(load(net, { inputLayer: 'relu1', dims: [2, 3, 4] }).nodes[1]!.params[0]!.shape, [5, 24]);
  const two = input + input.replaceAll('"data"', '"other"') + conv('a', 'data') + conv('b', 'other');
  assert.equal(
    load(two, { inputLayer: 'other', dims: [3, 5, 5] }).values.map(({ shape }) => shape),
    [
      [1, 3, 8, 10],
      [1, 3, 5, 5],
      [1, 4, 6, 8],
      [1, 4, 3, 3],
    ],
  );
  throws(
    () => load(net, { dims: [3, 20] }),
    /^--dims: expected 3 sizes, like the declared 3x8x10 of net:1:1: layer "data" \(Input\), got 3,20\.$/,
  );
  throws(() => load(net, { dims: [3, 0, 5] }), /^--dims: expected sizes of at least 1/);
  throws(
    () => load(net, { inputLayer: 'x' }),
    /^--input_layer: expected a layer that the outputs depend on, like the input "data", got "x"\.$/,
  );
  throws(() => load(two, { inputLayer: 'other', outputLayers: ['a'] }), /like the input "data", got "other"/);
  throws(
    () => load(net, { outputLayers: ['fc8'] }),
    /^--output_layer: expected a layer or top of the network, got "fc8"\. Close: "fc"\.$/,
  );
});

test('weights are matched by name, count and shape', () => {
  const graph = load(net, { weights: weights(right) });
  assert.equal(
    graph.nodes[3]!.params.map(({ shape, data }) => [shape, data.length]),
    [
      [[5, 192], 960],
      [[5], 5],
    ],
  );
  throws(
    () => load(net, { weights: weights({ ...right, conv1: [[4, 3, 3, 3]] }) }),
    /^net:2:1: layer "conv1" \(Convolution\): expected 2 weight blobs \(weights 4x3x3x3, bias 4\), got 1 \(4x3x3x3\) in w\./,
  );
  throws(
    () => load(net, { weights: weights({ ...right, fc: [[5, 191], [5]] }) }),
    /^net:4:1: layer "fc" \(InnerProduct\): expected weights of 5x192, got 5x191 in w\./,
  );
  throws(
    () => load(net, { weights: weights({ ip1: [[1]] }) }),
    /^net: none of its 2 layers with weights \("conv1", "fc"\) is in w, which has "ip1"\./,
  );
  throws(
    () => load(net, { weights: weights(right), dims: [3, 9, 9] }),
    /layer "fc" \(InnerProduct\): expected weights of 5x196, got 5x192 in w\. The weights fix the size of the input: leave out --dims/,
  );
  throws(
    () => load(net, { seedWeights: undefined }),
    /^net: this network has weights, but none were given\. Give --weights FILE, or --seed_weights N to try it out\.$/,
  );
  throws(
    () => load(net, { weights: new TextEncoder().encode(net) }),
    /^w: this is a text file; expected a binary caffemodel\. Are model and weights swapped\?$/,
  );
  throws(
    () => loadCaffe({ prototxt: weights(right), prototxtName: 'net' }),
    /^net: this is a binary file; expected the text of a prototxt\. Are model and weights swapped\?$/,
  );
});

test('a train_val network: TEST phase, crop size, losses gone', () => {
  const text = `
    layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TRAIN } transform_param { crop_size: 8 } }
    layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TEST } transform_param { crop_size: 9 } }
    ${fc('fc', 'data')}
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" }
    layer { name: "acc" type: "Accuracy" bottom: "fc" bottom: "label" top: "acc" include { phase: TEST } }`;
  const { graph, dropped } = inspectCaffe({ prototxt: text, shapesOnly: true });
  assert.equal(
    graph.nodes.map(({ name, type }) => [name, type]),
    [
      ['data', 'Input'],
      ['fc', 'InnerProduct'],
    ],
  );
  assert.equal([graph.values[0]!.shape, graph.outputs], [[1, 3, 9, 9], [1]]);
  assert.equal(dropped, ['"loss" (SoftmaxWithLoss)', '"acc" (Accuracy)']);
});

test('a layer that only training includes is no source', () => {
  throws(
    () => load('layer { name: "d" type: "Data" top: "data" include { phase: TRAIN } }\n' + conv('c', 'data')),
    /^net:2:1: layer "c" \(Convolution\): bottom "data" is undefined: layer "d" \(Data, net:1:1\) writes it, but has no place in testing\.$/,
  );
});

test('damaged files fail with an error of ours, whatever the damage', () => {
  const random = seedrandom('damage');
  const pick = (count: number) => Math.floor(random() * count);
  const model = weights({ ...right, fc: [[5, 2], [5]] });
  const attempt = (prototxt: string, bytes: Uint8Array) => {
    try {
      load(prototxt, { weights: bytes });
    } catch (error) {
      if (!(error instanceof XfdnnError)) throw error;
      assert.match(error.message, /^(net|w|--)/);
    }
  };
  for (let round = 0; round < 2000; round++) {
    const from = pick(net.length);
    const junk = ['', '}', '{', '"', ':', '-1', '99999999999', 'top: "data"', '[', 'layer'][pick(10)]!;
    attempt(net.slice(0, from) + junk + net.slice(from + pick(12)), model);
    const bytes = model.slice(0, round % 3 === 0 ? pick(model.length) : model.length);
    for (let count = 1 + pick(3); count > 0 && bytes.length > 0; count--)
      bytes[pick(Math.min(bytes.length, 80))] = pick(256);
    attempt(net, bytes);
  }
});

test('layers we cannot run are listed all at once; inspection goes without them', () => {
  const text =
    net +
    'layer { name: "box" type: "Box" bottom: "conv1" top: "box" }\nlayer { name: "det" type: "Det" bottom: "box" bottom: "fc" top: "det" }\n';
  throws(
    () => load(text),
    /^net: not supported: 2 layers: "box" \(Box\), "det" \(Det\)\. Use --output_layer to stop before them\.$/,
  );
  assert.is(load(text, { outputLayers: ['fc'] }).nodes.length, 4);
  const { graph, unsupported } = inspectCaffe({ prototxt: text, shapesOnly: true });
  assert.equal(unsupported, ['"box" (Box)', '"det" (Det)']);
  assert.equal(
    graph.outputs.map((id) => graph.values[id]!.blob),
    ['fc'],
  );
});

test('what an operator rejects is named with its place', () => {
  throws(
    () => load(input + conv('c', 'data', 'group: 2')),
    /^net:2:1: layer "c" \(Convolution\): expected a group that divides 3 input channels, got 2\.$/,
  );
  throws(
    () => load(input + conv('c', 'data', 'dilation: 4')),
    /^net:2:1: layer "c" \(Convolution\): expected a kernel within the padded input, got 9 over 8 rows\.$/,
  );
  throws(
    () => load(input + conv('c', 'data').replace('num_output: 4', '')),
    /^net:2:1: layer "c" \(Convolution\): .*num_output/,
  );
  throws(
    () => load(net.replace('bottom: "conv1" top: "fc"', 'bottom: "conv1" top: "fc" top: "fc2"')),
    /^net:4:1: layer "fc" \(InnerProduct\): expected 1 top, got 2\.$/,
  );
  throws(
    () => load(input + conv('c', 'data').replace('num_output: 4', 'num_output: 4000000000')),
    /^net:2:1: layer "c" \(Convolution\): expected its output to have fewer than 2\^31 elements, got 1x4000000000x6x8\.$/,
  );
  throws(
    () => load(conv('a', 'b') + conv('b', 'a')),
    /^net:1:1: layer "a" \(Convolution\): bottom "b" is only written later, by layer "b" \(net:2:1\): a cycle\.$/,
  );
  throws(
    () => load('layer { name: "r" type: "ReLU" top: "x" }'),
    /^net: expected an input, got none\. Add an Input layer\.$/,
  );
});

test.run();
