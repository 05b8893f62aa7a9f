import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { enumType, parseSchema } from '../../src/formats/schema.js';
import { scalar } from '../../src/formats/text-scalars.js';
import type { Token } from '../../src/formats/text-tokens.js';
import { throws } from '../throws.js';

const type = parseSchema(`syntax = "proto2";
  enum Pool { MAX = 0; AVE = 1; }
  message All { optional string text = 1; optional bytes raw = 2; optional bool flag = 3; optional float single = 4;
    optional double wide = 5; optional int32 small = 6; optional uint32 count = 7; optional int64 big = 8;
    optional Pool pool = 9; }
`).lookupType('All');

function read(name: string, kind: Token['kind'], text: string): unknown {
  const field = type.fields[name];
  assert.ok(field);
  return scalar(
    field as NonNullable<typeof field>,
    enumType(field as NonNullable<typeof field>),
    kind,
    text,
    (expected) => {
      throw new Error(expected);
    },
  );
}

test('a value of every type', () => {
  const cases: [string, Token['kind'], string, unknown][] = [
    ['text', 'string', '\u00c3\u00a9', 'é'],
    ['raw', 'string', '\u00ff', Uint8Array.of(255)],
    ['flag', 'word', 'True', true],
    ['flag', 'number', '0', false],
    ['single', 'number', '0.1f', Math.fround(0.1)],
    ['single', 'word', '-inf', -Infinity],
    ['wide', 'number', '0.1', 0.1],
    ['wide', 'word', 'nan', NaN],
    ['wide', 'number', '-0x10', -16],
    ['small', 'number', '-2147483648', -2147483648],
    ['small', 'number', '017', 15],
    ['count', 'number', '4294967295', 4294967295],
    ['big', 'number', '9007199254740993', 9007199254740992],
    ['pool', 'word', 'AVE', 'AVE'],
    ['pool', 'number', '0', 'MAX'],
  ];
  for (const [name, kind, text, expected] of cases) assert.equal(read(name, kind, text), expected, `${name} ${text}`);
});

test('a value of the wrong kind or range is answered with the right one', () => {
  const cases: [string, Token['kind'], string, RegExp][] = [
    ['text', 'word', 'x', /^a string in quotes$/],
    ['flag', 'string', 'true', /^true or false$/],
    ['single', 'word', 'x', /^a number$/],
    ['small', 'number', '1.5', /^an integer$/],
    ['small', 'number', '2147483648', /^an integer from -2147483648 to 2147483647$/],
    ['small', 'number', '09', /^an integer \(a leading 0 means octal\)$/],
    ['count', 'number', '-1', /^an integer of at least 0$/],
    ['pool', 'word', 'SUM', /^one of MAX, AVE$/],
    ['pool', 'number', '7', /^one of MAX, AVE$/],
  ];
  for (const [name, kind, text, expected] of cases) throws(() => read(name, kind, text), expected);
});

test.run();
