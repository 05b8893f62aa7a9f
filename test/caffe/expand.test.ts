import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../src/graph/graph.js';
import { interpret } from '../../src/runtime/interpret.js';
import { throws } from '../throws.js';
import { fc, input, load } from './networks.js';

const convolution = (more: string, bottoms = 'bottom: "data"'): string =>
  `layer { name: "conv" type: "Convolution" ${bottoms} top: "c" convolution_param { num_output: 3 kernel_size: 3 pad: 1 ${more} } }`;
const relu = 'layer { name: "r" type: "ReLU" bottom: "c" top: "c" relu_param { negative_slope: 0.25 } }';

/** The values of the outputs for one fixed input. */
function outputsOf(graph: Graph): number[] {
  const feeds = graph.inputs.map((id) => {
    const data = Float32Array.from({ length: 240 }, (_, index) => ((index * 37) % 23) - 11);
    return [id, { shape: [1, 3, 8, 10], data }] as const;
  });
  const values = interpret(graph, new Map(feeds));
  return graph.outputs.flatMap((id) => [...(values[id]?.data ?? [])]);
}

test('a fused ReLU runs as a ReLU behind its layer, whose name means the result', () => {
  const fused = load(input + convolution('relu: true negative_slope: 0.25'));
  const plain = load(input + convolution('') + relu);
  assert.equal(outputsOf(fused), outputsOf(plain));
  assert.equal(
    fused.nodes.map(({ name, op }) => [name, op]),
    [
      ['data', 'input'],
      ['conv', 'convolution'],
      ['conv_relu', 'relu'],
    ],
  );
  assert.equal({ ...fused.names }, { data: 0, conv: 2, c: 2 });
  assert.equal(load(input + convolution('relu: true'), { outputLayers: ['conv'] }).nodes.length, 3);
});

test('every layer with a fused ReLU', () => {
  const layers: [string, string][] = [
    ['InnerProduct', 'inner_product_param { num_output: 4 FIELDS }'],
    ['BatchNorm', 'batch_norm_param { FIELDS }'],
    ['Eltwise', 'eltwise_param { coeff: 2 coeff: -1 FIELDS }'],
    ['Deconvolution', 'convolution_param { num_output: 2 kernel_size: 2 FIELDS }'],
  ];
  for (const [type, parameters] of layers) {
    const bottoms = type === 'Eltwise' ? 'bottom: "data" bottom: "p"' : 'bottom: "data"';
    const text = (fields: string): string =>
      input +
      'layer { name: "p" type: "Power" bottom: "data" top: "p" power_param { power: 2 } }' +
      `layer { name: "it" type: "${type}" ${bottoms} top: "it" ${parameters.replace('FIELDS', fields)} }`;
    const options = { outputLayers: ['it'] };
    const values = outputsOf(load(text('relu: true'), options));
    assert.equal(
      values,
      outputsOf(load(text('relu: false'), options)).map((value) => Math.max(value, 0)),
      type,
    );
    assert.ok(values.includes(0) && values.some((value) => value > 0), type);
  }
});

test('a fused sum adds the second bottom before the ReLU', () => {
  const copy = 'layer { name: "p" type: "Power" bottom: "data" top: "p" power_param { scale: 3 } }';
  const bottoms = 'bottom: "data" bottom: "p"';
  const fused = load(input + copy + convolution('fusion_type: SUM_FUSION relu: true negative_slope: 0.25', bottoms));
  const plain = load(
    input +
      copy +
      convolution('').replace('top: "c"', 'top: "a"') +
      'layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "p" top: "c" }' +
      relu,
  );
  assert.equal(outputsOf(fused), outputsOf(plain));
});

test('a Dropout that does not scale in training scales in testing', () => {
  const dropout = (fields: string): string =>
    `${input}layer { name: "d" type: "Dropout" bottom: "data" top: "d" dropout_param { ${fields} } }`;
  const plain = outputsOf(load(dropout('dropout_ratio: 0.75')));
  assert.equal(
    outputsOf(load(dropout('dropout_ratio: 0.75 scale_train: false'))),
    plain.map((value) => value / 4),
  );
  assert.equal(outputsOf(load(dropout('dropout_ratio: 0.75 scale_train: true sample_weights_test: false'))), plain);
  throws(
    () => load(dropout('sample_weights_test: true')),
    /^net: not supported: 1 layer: "d" \(Dropout; sample_weights_test: random in testing\)\./,
  );
});

test('an Eltwise of one bottom is its coefficient times the bottom', () => {
  const text = (parameters: string): string =>
    `${input}layer { name: "e" type: "Eltwise" bottom: "data" top: "e" eltwise_param { ${parameters} } }`;
  const plain = outputsOf(load(`${input}layer { name: "r" type: "Power" bottom: "data" top: "r" }`));
  assert.equal(
    outputsOf(load(text('coeff: 0.25'))),
    plain.map((value) => value / 4),
  );
  for (const operation of ['SUM', 'PROD', 'MAX']) assert.equal(outputsOf(load(text(`operation: ${operation}`))), plain);
  assert.ok(outputsOf(load(text('coeff: -1 relu: true'))).every((value) => value >= 0));
  throws(() => load(text('coeff: 1 coeff: 2')), /expected at least 2 inputs, got 1/);
});

test("SegNet's BN is a Scale where its statistics are merged, else refused", () => {
  const text = (parameters: string): string =>
    `${input}layer { name: "bn" type: "BN" bottom: "data" top: "bn" bn_param { ${parameters} } }`;
  const { nodes } = load(text('bn_mode: INFERENCE scale_filler { value: 1 }'));
  assert.equal(
    nodes.map(({ name, op, params }) => [name, op, params.map(({ shape }) => shape)]),
    [
      ['data', 'input', []],
      ['bn', 'scale', [[3], [3]]],
    ],
  );
  for (const learning of ['bn_mode: LEARN', 'shift_filler { value: 1 }'])
    throws(() => load(text(learning)), /"bn" \(BN; statistics of a batch; merge them and set bn_mode: INFERENCE\)/);
});

test('a slope without a ReLU has no known meaning', () => {
  throws(() => load(input + convolution('negative_slope: 0.1')), /"conv" \(Convolution; negative_slope without relu\)/);
});

test('layers without such fields stay as they are', () => {
  assert.is(load(input + convolution('relu: false fusion_type: UNFUSED') + fc('fc', 'c')).nodes.length, 3);
});

test.run();
