import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cutTo, unreadValues, valueNames, wantedValues } from '../../src/caffe/outputs.js';
import { wire } from '../../src/caffe/wire.js';
import { throws } from '../throws.js';
import { layersOf } from './layers.js';

const none: ReadonlySet<string> = new Set();

test('a layer name means its first top and wins over a top name', () => {
  const wiring = wire(
    layersOf(`
    in:    -> data
    conv:  data -> conv
    relu:  conv -> conv
    drop:  conv -> conv
    two:   conv -> sum other`),
  );
  const names = valueNames(wiring);
  assert.equal(
    ['in', 'data', 'conv', 'relu', 'drop', 'two', 'sum', 'other'].map((name) => names.get(name)),
    [0, 0, 1, 2, 3, 4, 4, 5],
  );
});

test('values that no layer reads are wanted, unless silenced; named values keep their ancestors only', () => {
  const layers = layersOf(`
    in: -> data
    a: data -> a
    b: a -> b1 b2
    c: b1 -> c
    d: a -> d`);
  const wiring = wire(layers);
  const blobs = (ids: readonly number[]) => ids.map((id) => wiring.values[id]!.blob).join(' ');
  assert.is(blobs(unreadValues(wiring, none)), 'b2 c d');
  assert.is(blobs(wantedValues(wiring, [], new Set(['d']))), 'b2 c');
  assert.is(blobs(wantedValues(wiring, ['c', 'b', 'c'], none)), 'c b1');
  assert.is(
    cutTo(wiring, wantedValues(wiring, ['d'], none))
      .layers.map(({ layer }) => layer.name)
      .join(' '),
    'in a d',
  );
  throws(
    () => wantedValues(wiring, ['DATA'], none),
    /^--output_layer: expected a layer or top of the network, got "DATA"\. Close: "a", "d", "data"\.$/,
  );
});

test.run();
