import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { enumType, messageType, parseSchema, withDefaults } from '../../src/formats/schema.js';

const root = parseSchema(`syntax = "proto2";
  enum Pool { MAX = 0; AVE = 1; }
  message Shape { repeated int64 dim = 1 [packed = true]; }
  message Layer { optional string name = 1; optional Pool pool = 2 [default = AVE];
    optional float slope = 3 [default = 0.1]; optional bool flag = 4 [default = true]; repeated uint32 pad = 5;
    repeated Shape shape = 6; optional Shape one = 7; optional int64 wide = 8 [default = 5]; optional string text = 9; }
`);
const layer = root.lookupType('Layer');

test('absent fields get their defaults, floats rounded to float32', () => {
  assert.equal(withDefaults(layer, { name: 'x', one: { dim: [1] }, shape: [{}] }), {
    name: 'x',
    pool: 'AVE',
    slope: Math.fround(0.1),
    flag: true,
    pad: [],
    shape: [{ dim: [] }],
    one: { dim: [1] },
    wide: 5,
    text: '',
  });
  assert.equal(withDefaults(layer, undefined)['one'], { dim: [] });
});

test('the type of a field: message, enum or neither', () => {
  const field = (name: string) => layer.fields[name] ?? assert.unreachable(name);
  const kinds = ['one', 'pool', 'name'].map((name) => {
    const found = field(name);
    return found && [messageType(found)?.name, enumType(found)?.name];
  });
  assert.equal(kinds, [
    ['Shape', undefined],
    [undefined, 'Pool'],
    [undefined, undefined],
  ]);
});

test.run();
