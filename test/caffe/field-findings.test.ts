import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { importCaffe, inspectCaffe } from '../../src/caffe/index.js';
import { throws } from '../throws.js';
import { conv, fc, input, load, relu } from './networks.js';

const pool = (more: string, bottom = 'data'): string =>
  `layer { name: "pool" type: "Pooling" bottom: "${bottom}" top: "pool" pooling_param { kernel_size: 2 ${more} } }\n`;

test('an unknown field of the own parameters of a layer is refused by name, all layers at once', () => {
  const text = `${input}${pool('shape_of_window: ROUND')}${fc('fc', 'pool').replace('5', '5 gate: 1')}`;
  throws(
    () => load(text),
    /^net: not supported: 2 layers: "pool" \(Pooling; unknown field shape_of_window of PoolingParameter, net:2:\d+\), "fc" \(InnerProduct; unknown field gate of InnerProductParameter, net:3:\d+\)\. Correct such a field, or remove it if it changes no result; or use --output_layer to stop before them\.$/,
  );
  assert.is(load(text, { outputLayers: ['data'] }).nodes.length, 1);
  const { graph, unsupported } = inspectCaffe({ prototxt: text, prototxtName: 'net', shapesOnly: true });
  assert.is(graph.nodes.length, 1);
  assert.is(unsupported.length, 2);
});

test('unknown fields in nested messages count, those of engines and training do not', () => {
  const detection = `layer { name: "d" type: "DetectionOutput" bottom: "data" top: "d" detection_output_param { num_classes: 2 nms_param { soft: true } } }`;
  throws(() => load(input + detection), /unknown field soft of NonMaximumSuppressionParameter/);
  const harmless = conv(
    'c',
    'data',
    'engine: MKLDNN conv_algorithm: "winograd" weight_filler { type: "msra" gain: 2 }',
  );
  assert.is(load(input + harmless).nodes.length, 2);
});

test('an unknown parameter message is refused where the layer has no known one', () => {
  const own = 'layer { name: "n" type: "Sigmoid" bottom: "data" top: "n" sharp_sigmoid_param { slope: 2 } }';
  throws(() => load(input + own), /"n" \(Sigmoid; unknown field sharp_sigmoid_param of LayerParameter, net:2:\d+\)/);
  const quantized = conv('c', 'data').replace('convolution_param', 'quantization_param { bw: 8 } convolution_param');
  const { warnings } = importCaffe({ prototxt: input + quantized, prototxtName: 'net', seedWeights: 1 });
  assert.equal(warnings, ['net:2:63: unknown field quantization_param of LayerParameter skipped.']);
});

test('unknown fields of layers that are not run are only warned of', () => {
  const loss = 'layer { name: "l" type: "HingeLoss" bottom: "data" top: "l" hinge_loss_param { norm: L1 soft: 1 } }';
  assert.is(load(input + relu('r', 'data') + loss).nodes.length, 2);
});

test('an invalid field is an error of the layer that is run, and of no other', () => {
  const training = (fields: string): string =>
    `layer { name: "t" type: "Pooling" bottom: "data" top: "t" include { phase: TRAIN } pooling_param { ${fields} } }\n`;
  assert.is(
    load(input + training('pool: MEDIAN global_pooling: 7 stride_h: 1 stride_h: 2') + relu('r', 'data')).nodes.length,
    2,
  );
  throws(
    () => load(input + pool('pool: MEDIAN')),
    /^net:2:\d+: expected one of MAX, AVE, STOCHASTIC for pool, got MEDIAN\.$/,
  );
  throws(
    () => load(input + pool('stride_h: 1 stride_h: 2')),
    /^net:2:\d+: stride_h is given a second time; the first is on line 2\. Remove one of them\.$/,
  );
});

test.run();
