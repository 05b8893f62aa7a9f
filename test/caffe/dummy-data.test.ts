import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/runtime/interpret.js';
import { throws } from '../throws.js';
import { fc, input, load } from './networks.js';

const dummy = (parameters: string): string =>
  `layer { name: "d" type: "DummyData" top: "d" dummy_data_param { ${parameters} } }\n`;
const join = 'layer { name: "y" type: "Concat" bottom: "data" bottom: "d" top: "y" }\n';
const crop = 'layer { name: "y" type: "Crop" bottom: "data" bottom: "d" top: "y" }\n';
const shape = 'shape { dim: 1 dim: 2 dim: 8 dim: 10 }';

/** The second part of a Concat of the input with a DummyData. */
function constants(text: string): number[] {
  const graph = load(text);
  const data = new Float32Array(240).fill(7);
  const values = interpret(graph, new Map([[graph.inputs[0] ?? -1, { shape: [1, 3, 8, 10], data }]]));
  return [...new Set(values[graph.names['y'] ?? -1]?.data.subarray(240))];
}

test('a DummyData is a constant of its filler, 0 by default, wherever it stands', () => {
  assert.equal(constants(dummy(shape) + input + join), [0]);
  assert.equal(constants(input + dummy(`${shape} data_filler { type: "constant" value: 2.5 }`) + join), [2.5]);
  assert.equal(constants(dummy('num: 1 channels: 1 height: 8 width: 10 data_filler { value: 3 }') + input + join), [3]);
  assert.equal(load(dummy(shape) + input + join).inputs.length, 1);
});

test('each of several tops has its shape and filler', () => {
  const two = `layer { name: "d" type: "DummyData" top: "d" top: "e" dummy_data_param { ${shape} shape { dim: 1 dim: 4 } data_filler { value: 1 } data_filler { value: 2 } } }\n`;
  const graph = load(input + two + join + fc('fc', 'e'));
  const constant = graph.nodes.find(({ name }) => name === 'e');
  assert.equal([constant?.op, [...(constant?.params[0]?.data ?? [])]], ['constant', [2, 2, 2, 2]]);
});

test('a batch in the shape becomes one image', () => {
  assert.equal(load(input + dummy(shape.replace('1', '64')) + join).values.at(-1)?.shape, [1, 5, 8, 10]);
});

test('only its sizes matter to a Crop: its values may be random, and it is not run', () => {
  const graph = load(dummy('shape { dim: 1 dim: 9 dim: 2 dim: 3 } data_filler { type: "gaussian" }') + input + crop);
  assert.equal(
    graph.nodes.map(({ name }) => name),
    ['data', 'y'],
  );
  assert.equal(graph.values[graph.names['y'] ?? -1]?.shape, [1, 3, 2, 3]);
  assert.is(graph.names['d'], undefined);
  throws(
    () => load(input + dummy(`${shape} data_filler { type: "gaussian" }`) + join),
    /^net:2:1: layer "d" \(DummyData\): its values are random \(see its data_filler\)\. Feed it with --input_layer d, or give it a constant filler\.$/,
  );
});

test('it is fed where the user says so, or where the network has no other source', () => {
  assert.equal(load(input + dummy(shape) + join, { inputLayer: 'd' }).inputs.length, 2);
  assert.equal(load(dummy(shape) + fc('fc', 'd')).inputs.length, 1);
});

test.run();
