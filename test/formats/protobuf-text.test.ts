import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseMessage } from '../../src/formats/protobuf-text.js';
import type { Message } from '../../src/formats/schema.js';
import { parseSchema } from '../../src/formats/schema.js';

const root = parseSchema(`syntax = "proto2";
  enum Pool { MAX = 0; AVE = 1; }
  message Shape { repeated int64 dim = 1 [packed = true]; }
  message Layer { optional string name = 1; optional Pool pool = 2 [default = AVE]; optional float slope = 3 [default = 0.1]; optional bool flag = 4 [default = true];
    repeated uint32 pad = 5; repeated Shape shape = 6; optional Shape one = 7; optional bytes raw = 8; optional double wide = 9; repeated string bottom = 10; optional int32 small = 11; repeated Pool pools = 12; }
  message Net { optional string name = 1; repeated Layer layer = 2; }
`);
const net = root.lookupType('Net');
const layer = root.lookupType('Layer');

function parse(text: string): Message {
  return parseMessage(layer, text, { where: 'net.prototxt' }).message;
}

function fails(text: string, pattern: RegExp): void {
  assert.throws(
    () => parse(text),
    (error: Error) => pattern.test(error.message) || assert.unreachable(error.message),
  );
}

test('the syntax in full', () => {
  assert.equal(parse('# comment\nname: "a" # more\n pool: MAX, flag: false; slope: 0.1f'), {
    name: 'a',
    pool: 'MAX',
    flag: false,
    slope: Math.fround(0.1),
  });
  assert.equal(parse('pool: 1'), { pool: 'AVE' });
  assert.equal(parse('pad: 1 pad: [2, 0x10, 010] pad: []'), { pad: [1, 2, 16, 8] });
  assert.equal(parse('shape { dim: 1 dim: -1 } shape: < dim: [2] > shape: [{ dim: 3 }, { }] one: {}'), {
    shape: [{ dim: [1, -1] }, { dim: [2] }, { dim: [3] }, {}],
    one: {},
  });
  assert.equal(parse(`name: "a\\tb\\"\\x41\\101\\u00e9" 'c' "é\\n"`), { name: 'a\tb"AAéc' + 'é\n' });
  assert.equal(parse('raw: "\\000\\377\\xfe"')['raw'], Uint8Array.of(0, 255, 254));
  assert.equal(parse('slope: -inf wide: 1e-3'), { slope: -Infinity, wide: 1e-3 });
  assert.equal(parse('slope: nan')['slope'], NaN);
  assert.equal(parse('slope: .5 wide: 3.'), { slope: 0.5, wide: 3 });
  assert.equal(parse('slope: - 2 small: -7'), { slope: -2, small: -7 });
  assert.equal(
    ['t', 'True', '1', 'f', '0'].map((text) => parse(`flag: ${text}`)['flag']),
    [true, true, true, false, false],
  );
  assert.equal(parse('bottom: "x" bottom: ["y", "z" "w"] pools: [MAX, 1]'), {
    bottom: ['x', 'y', 'zw'],
    pools: ['MAX', 'AVE'],
  });
  assert.equal(parse('\uFEFFname:"x"\r\nflag:true'), { name: 'x', flag: true });
});

test('unknown fields, extensions and Any are skipped with one warning each kind', () => {
  const text =
    'foo: 1 foo: -2.5 bar { a: [1, { b: "}" }] c < d: x > } list: [1, "2" "3"] [ext.name]: 4 [type.googleapis.com/x.Y] { z: 1 } quiet: X name: "kept" str: "a" "b"';
  const { message, warnings } = parseMessage(layer, text, { where: 'net', ignore: new Set(['quiet']) });
  assert.equal(message, { name: 'kept' });
  assert.equal(warnings, [
    'net:1:1: unknown field foo of Layer skipped (and 1 more like it).',
    'net:1:18: unknown field bar of Layer skipped.',
    'net:1:56: unknown field list of Layer skipped.',
    'net:1:75: unknown field [ext.name] of Layer skipped.',
    'net:1:89: unknown field [type.googleapis.com/x.Y] of Layer skipped.',
    'net:1:146: unknown field str of Layer skipped.',
  ]);
});

test('positions of messages', () => {
  const { message, positionOf } = parseMessage(net, 'name: "n"\n\nlayer {\n}\n  layer { one { } }', { where: 'net' });
  const [first, second] = message['layer'] as Record<string, any>[];
  assert.equal(
    [positionOf(first!), positionOf(second!), positionOf(second!['one'])].map(({ line, column }) => [line, column]),
    [
      [3, 1],
      [5, 3],
      [5, 11],
    ],
  );
});

test('errors name line and column', () => {
  fails('name: conv1', /^net\.prototxt:1:7: expected a string in quotes for name, got conv1\.$/);
  fails('\n  pool: MIN', /^net\.prototxt:2:9: expected one of MAX, AVE for pool, got MIN\.$/);
  fails('pool: "MAX"', /expected one of MAX, AVE for pool, got "MAX"/);
  fails('pad: -1', /^net\.prototxt:1:7: expected an integer of at least 0 for pad, got -1\.$/);
  fails('pad: 1.5', /expected an integer for pad, got 1\.5/);
  fails('pad: 08', /leading 0 means octal/);
  fails('small: 3000000000', /expected an integer from -2147483648 to 2147483647 for small/);
  fails('flag: yes', /expected true or false for flag, got yes/);
  fails('flag: constructor', /expected true or false/);
  fails('pool: constructor', /expected one of MAX, AVE/);
  fails('slope: "1"', /expected a number for slope, got "1"/);
  fails('slope: 1x', /^net\.prototxt:1:9: expected a space after the number 1, got "x"\.$/);
  fails('name "x"', /^net\.prototxt:1:6: expected ":" after name, got a string\.$/);
  fails('one: 3', /^net\.prototxt:1:6: expected "\{" after one, got "3"\.$/);
  fails('one { dim: 1', /^net\.prototxt:1:13: expected "\}" to close this Shape, got the end of the text\.$/);
  fails('one { dim: 1 >', /expected a field of Shape, got ">"/);
  fails('}', /expected a field of Layer, got "\}"/);
  fails('name: "x\n"', /^net\.prototxt:1:7: this string has no closing quote on its line\.$/);
  fails('name: "\\q"', /unknown escape "\\\\q" in a string/);
  fails(
    'name: "a"\nslope: 1\nname: "b"',
    /^net\.prototxt:3:1: name is given a second time; the first is on line 1\. Remove one of them\.$/,
  );
  fails('foo { bar', /^net\.prototxt:1:5: expected "\}" to close this, got the end of the text\.$/);
  fails('foo { bar: ] }', /expected "\}", got "\]"/);
  fails('foo', /expected ":" or "\{" after foo, got the end of the text/);
  fails('name: @', /unexpected character "@"/);
  fails('toString: 1 pad: x', /expected an integer for pad, got x/);
  fails('one '.repeat(1) + '{ foo { '.repeat(100), /expected "\}" to close this/);
});

test('a singular message given twice is merged, a repeated one appended', () => {
  assert.equal(parse('one { dim: 1 } one { dim: 2 }'), { one: { dim: [1, 2] } });
});

/** A message as text, in one of the ways to write it. `way` picks among equal spellings. */
function printed(message: Message, way: number): string {
  const fields = Object.entries(message).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${name}${printedValue(name, one, way)}`),
  );
  return fields.join(way % 2 === 0 ? '\n' : ' , # comment\n');
}

function printedValue(name: string, value: unknown, way: number): string {
  if (typeof value === 'object') {
    const body = printed(value as Message, way + 1);
    return way % 3 === 0 ? ` { ${body} }` : `: <\n${body}\n>`;
  }
  if (name === 'name' || name === 'bottom') return `: "${escaped(value as string)}"`;
  return `: ${Object.is(value, -0) ? '-0' : String(value)}`;
}

const escaped = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

const shapes = fc.record({ dim: fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 4 }) });
const messages = fc.record(
  {
    name: fc.string({ unit: 'grapheme' }),
    pool: fc.constantFrom('MAX', 'AVE'),
    slope: fc.float({ noNaN: true, noDefaultInfinity: true }),
    flag: fc.boolean(),
    pad: fc.array(fc.nat({ max: 2 ** 32 - 1 }), { minLength: 1 }),
    shape: fc.array(shapes, { minLength: 1, maxLength: 3 }),
    one: shapes,
    wide: fc.double({ noNaN: true, noDefaultInfinity: true }),
    bottom: fc.array(fc.string(), { minLength: 1 }),
    small: fc.integer(),
    pools: fc.array(fc.constantFrom('MAX', 'AVE'), { minLength: 1 }),
  },
  { requiredKeys: [] },
);

test('what is printed is read back, whichever way it is written', () => {
  const plain = (message: Message): unknown =>
    JSON.parse(JSON.stringify(message, (_, value) => (ArrayBuffer.isView(value) ? Array.from(value as never) : value)));
  fc.assert(
    fc.property(messages, fc.nat({ max: 5 }), (message, way) =>
      assert.equal(plain(parse(printed(message as Message, way))), plain(message as Message)),
    ),
    { seed: 2018, numRuns: 1000 },
  );
});

test.run();
