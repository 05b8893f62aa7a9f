import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Json, readJson } from '../../src/formats/json.js';
import { throws } from '../throws.js';

/** The value as JSON.parse gives it. */
function plain(json: Json): unknown {
  if (json.kind === 'object') return Object.fromEntries([...json.members].map(([key, value]) => [key, plain(value)]));
  return json.kind === 'list' ? json.items.map(plain) : json.value;
}

test('values are those of JSON.parse', () => {
  const texts = [
    '{}',
    '[]',
    ' [ ] ',
    '0',
    '-0.5e-3',
    '1E+2',
    'true',
    'null',
    '"a\\u00e9\\n\\"\\\\ ü"',
    '{"a":[1,{"b":[]}],"":false}',
    '[1,\n\t2 , 3]\r\n',
    '123456789012345678901234567890',
  ];
  for (const text of texts) assert.equal(plain(readJson(text, 'f')), JSON.parse(text), text);
});

test('seeded random documents are read as JSON.parse reads them', () => {
  let state = 11;
  const random = (below: number): number => (state = (state * 48271) % 2147483647) % below;
  const make = (depth: number): unknown => {
    const kind = random(depth > 4 ? 4 : 6);
    if (kind === 0) return (random(2000001) - 1000000) / 2 ** random(40);
    if (kind === 1) return String.fromCharCode(...Array.from({ length: random(6) }, () => random(0x300)));
    if (kind === 2) return random(2) === 0;
    if (kind === 3) return null;
    const items = Array.from({ length: random(5) }, () => make(depth + 1));
    return kind === 4 ? items : Object.fromEntries(items.map((item, i) => [`k${i}`, item]));
  };
  for (let i = 0; i < 300; i++) {
    const text = JSON.stringify(make(0), null, random(3));
    assert.equal(plain(readJson(text, 'f')), JSON.parse(text));
  }
});

test('spellings, places and repeated keys are kept', () => {
  const json = readJson('\ufeff{"a": 151, "b": 151.0, "a": 1e3}', 'f') as Json & { kind: 'object' };
  assert.equal(
    [...json.members.values()].map((value) => (value as { text: string }).text),
    ['1e3', '151.0'],
  );
  assert.equal(json.repeated, ['a']);
  assert.is(json.at, 1);
});

test('an error names line, column, what was expected and what is there', () => {
  const cases: [string, RegExp][] = [
    ['{"a": 1,\n "b" 2}', /^q\.json:2:6: expected ":", got "2"\.$/],
    ['{"a": NaN}', /^q\.json:1:7: expected a value, got "NaN"\.$/],
    ['[1, 2', /^q\.json:1:6: expected "," or "\]", got the end of the file\. The file may be truncated\.$/],
    ['[1 2]', /^q\.json:1:4: expected "," or "\]", got "2"\.$/],
    ['[1,]', /^q\.json:1:4: expected a value, got "\]"\.$/],
    ['{a: 1}', /^q\.json:1:2: expected a key in double quotes, got "a"\.$/],
    ['"x\ny"', /^q\.json:1:1: expected a string on one line/],
    ['"\\q"', /^q\.json:1:1: expected a string/],
    ['01', /^q\.json:1:2: expected the end of the file, got "1"\.$/],
    ['', /^q\.json:1:1: expected a value, got the end of the file/],
    ['['.repeat(100000), /^q\.json:1:66: expected at most 64 nested lists and objects, got "\["\.$/],
  ];
  for (const [text, pattern] of cases) throws(() => readJson(text, 'q.json'), pattern);
});

test.run();
