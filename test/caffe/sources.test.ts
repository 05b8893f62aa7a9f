import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CaffeOptions, importCaffe, inspectCaffe } from '../../src/caffe/index.js';
import { readPrototxt } from '../../src/caffe/prototxt.js';
import { stagesOf, testedLayers } from '../../src/caffe/sources.js';
import { throws } from '../throws.js';
import { conv, fc, input } from './networks.js';

const data = (name: string, rule: string, size: number): string =>
  `layer { name: "${name}" type: "Data" top: "x" top: "label" include { ${rule} } transform_param { crop_size: ${size} } }\n`;
const loss = 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" }\n';
const load = (prototxt: string, options: Partial<CaffeOptions> = {}) =>
  importCaffe({ prototxt, prototxtName: 'net', seedWeights: 1, ...options });
const namesOf = (text: string, stages: string[] = []): string => {
  const net = readPrototxt(text, 'net');
  return testedLayers({ ...net, stages }, undefined)
    .layers.map(({ name }) => name)
    .join(' ');
};

test('a data layer for training only gives the input, with a note', () => {
  const { graph, warnings } = load(data('train', 'phase: TRAIN', 9) + fc('fc', 'x') + loss);
  assert.equal(
    graph.values.map(({ shape }) => shape),
    [
      [1, 3, 9, 9],
      [1, 5],
    ],
  );
  assert.equal(warnings, ['net:1:1: layer "train" (Data) is left out in testing; its top "x" is taken as the input.']);
});

test('validation goes before training, and a layer that testing admits before both', () => {
  const rest = fc('fc', 'x') + loss;
  const train = data('train', 'stage: "train"', 7);
  const val = data('val', 'stage: "val"', 9);
  assert.is(namesOf(train + val + rest), 'val fc loss');
  assert.is(namesOf(val + train + rest), 'val fc loss');
  assert.is(namesOf(train + val + data('test', 'phase: TEST', 5) + rest), 'test fc loss');
  assert.equal(stagesOf(readPrototxt(train + val + rest, 'net')), ['train', 'val']);
  assert.match(load(train + val + rest).warnings[0] ?? '', /--stage chooses among the stages "train", "val"\.$/);
});

test('--stage admits the layers of a stage', () => {
  const text = `${data('train', 'stage: "train"', 7)}${input}layer { name: "half" type: "Power" bottom: "data" top: "x" power_param { scale: 0.5 } include { stage: "deploy" } }\n${fc('fc', 'x')}layer { name: "prob" type: "Softmax" bottom: "fc" top: "prob" include { stage: "deploy" } }`;
  assert.is(namesOf(text, ['deploy']), 'data half fc prob');
  assert.is(namesOf(text), 'train data fc');
  const { graph, warnings } = load(text, { stages: ['deploy'] });
  assert.equal(
    graph.nodes.map(({ name }) => name),
    ['data', 'half', 'fc', 'prob'],
  );
  assert.equal(warnings, []);
});

test('a layer without bottoms of an unknown type is the input where the network has no other', () => {
  const python = 'layer { name: "reader" type: "Python" top: "x" top: "label" python_param { module: "m" } }\n';
  const text = python + fc('fc', 'x') + loss;
  throws(
    () => load(text),
    /^net:1:1: layer "reader" \(Python\): the file does not say how large its top "x" is\. Say so with --input_layer x --dims C,H,W\./,
  );
  for (const inputLayer of [undefined, 'x', 'reader'])
    assert.equal(load(text, { dims: [3, 9, 9], inputLayer }).graph.values[0]?.shape, [1, 3, 9, 9]);
  throws(() => load(input + python + conv('c', 'data') + fc('fc', 'x')), /not supported: 1 layer: "reader" \(Python\)/);
  const own = 'layer { name: "w" type: "Parameter" top: "x" }\n';
  throws(() => load(own + fc('fc', 'x')), /not supported: 1 layer: "w" \(Parameter\)/);
});

test('a blob that no layer writes is fed with --input_layer', () => {
  assert.equal(load(fc('fc', 'x'), { inputLayer: 'x', dims: [2, 3] }).graph.values[0]?.shape, [1, 2, 3]);
  throws(
    () => load(fc('fc', 'x')),
    /^net:1:1: layer "fc" \(InnerProduct\): bottom "x" is undefined: no layer writes it\. Feed it with --input_layer x --dims C,H,W\.$/,
  );
  const deploy = 'layer { name: "d" type: "Power" bottom: "data" top: "x" include { stage: "deploy" } }\n';
  throws(
    () => load(input + deploy + fc('fc', 'x')),
    /bottom "x" is undefined: layer "d" \(Power, net:2:1\) writes it, but is left out in testing\. Choose its stage with --stage \(deploy\), or feed it with --input_layer x --dims C,H,W\.$/,
  );
});

test('the image of a program or an HDF5 file is the top that is fed, else the one named data', () => {
  const reader = (type: string, tops: string): string =>
    `layer { name: "reader" type: "${type}" ${tops} }\n${conv('c', 'data')}${fc('fc', 'c')}`;
  const namesOfNodes = (text: string, inputLayer: string): string[] =>
    load(text, { inputLayer, dims: [3, 9, 9] }).graph.nodes.map(({ name }) => name);
  for (const type of ['Python', 'HDF5Data'])
    assert.equal(namesOfNodes(reader(type, 'top: "im_info" top: "data"'), 'data'), ['data', 'c', 'fc']);
  const other = reader('Python', 'top: "info" top: "rgb"').replace('bottom: "data"', 'bottom: "rgb"');
  assert.equal(namesOfNodes(other, 'rgb'), ['rgb', 'c', 'fc']);
  throws(
    () => load(reader('Python', 'top: "im_info" top: "data"')),
    /^net:1:1: layer "reader" \(Python\): the file does not say how large its top "data" is\. Say so with --input_layer data/,
  );
});

test('a stage that no rule names', () => {
  const text = `${input}layer { name: "p" type: "Power" bottom: "data" top: "p" include { not_stage: "fit" } }\n${fc('fc', 'data')}`;
  throws(
    () => load(text, { stages: ['fitt'] }),
    /^--stage: expected a stage that rules name \("fit"\) in net, got "fitt"\./,
  );
  throws(
    () => load(input + fc('fc', 'data'), { stages: ['a'] }),
    /expected no stage: no rule names one in net, got "a"/,
  );
});

test('labels that an unsupported layer reads need no size', () => {
  const text = `layer { name: "d" type: "Data" top: "x" top: "label" transform_param { crop_size: 9 } }\n${conv('c', 'x')}layer { name: "eval" type: "EvalDetection" bottom: "c" bottom: "label" top: "eval" }`;
  throws(() => load(text), /^net: not supported: 1 layer: "eval" \(EvalDetection\)\. Use --output_layer/);
  const { graph, unsupported } = inspectCaffe({ prototxt: text, shapesOnly: true });
  assert.equal([graph.nodes.map(({ name }) => name), unsupported], [['x', 'c'], ['"eval" (EvalDetection)']]);
});

test.run();
