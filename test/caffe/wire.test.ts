import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPrototxt } from '../../src/caffe/prototxt.js';
import { wire } from '../../src/caffe/wire.js';
import { throws } from '../throws.js';
import { layersOf as net } from './layers.js';

test('in-place layers write the next version; readers get the version of their time', () => {
  const wiring = wire(
    net(`
    in:    -> data
    conv:  data -> conv
    side:  conv -> side
    relu:  conv -> conv
    drop:  conv -> conv
    two:   conv side -> sum`),
  );
  assert.equal(
    wiring.values.map(({ blob, version }) => `${blob}.${version}`),
    ['data.0', 'conv.0', 'side.0', 'conv.1', 'conv.2', 'sum.0'],
  );
  assert.equal(
    wiring.layers.map(({ inputs, outputs }) => [inputs, outputs]),
    [
      [[], [0]],
      [[0], [1]],
      [[1], [2]],
      [[1], [3]],
      [[3], [4]],
      [[4, 2], [5]],
    ],
  );
});

test('layers of one name get names of their own, unless weights are found by it', () => {
  const typed = (types: string): Parameters<typeof wire>[0] =>
    readPrototxt(
      types
        .split(' ')
        .map((type, i) => `layer { name: "same" type: "${type}" ${i === 0 ? '' : `bottom: "${i - 1}"`} top: "${i}" }`)
        .join('\n'),
      'net',
    ).layers;
  assert.equal(
    wire(typed('Convolution ReLU ReLU Sigmoid')).layers.map(({ layer }) => layer.name),
    ['same', 'same_1', 'same_2', 'same_3'],
  );
  throws(
    () => wire(typed('ReLU PReLU')),
    /^net:2:1: layer "same" \(PReLU\): expected a name of its own, got that of the layer at net:1:1\./,
  );
});

test('wrong wirings are named with both places', () => {
  throws(
    () => wire(net('a: x -> y')),
    /^net:1:1: layer "a" \(T\): bottom "x" is undefined: no layer writes it\. Feed it with --input_layer x --dims C,H,W\.$/,
  );
  throws(() => wire(net('a: y -> y')), /^net:1:1: layer "a" \(T\): bottom "y" is its own top: a cycle\.$/);
  throws(
    () => wire(net('in: -> d\na: d y -> x\nm: x -> z\nb: z -> y')),
    /^net:2:1: layer "a" \(T\): bottom "y" is only written later, by layer "b" \(net:4:1\): a cycle\.$/,
  );
  throws(() => wire(net('a: y -> x\nb: -> y')), /by layer "b" \(net:2:1\): the layers are out of order\.$/);
  throws(
    () => wire(net('a: -> x\nb: -> x')),
    /^net:2:1: layer "b" \(T\): top "x" is already written by layer "a" \(net:1:1\)\./,
  );
  throws(
    () => wire(net('a: -> x\na: x -> y')),
    /^net:2:1: layer "a" \(T\): expected a name of its own, got that of the layer at net:1:1\./,
  );
});

test.run();
