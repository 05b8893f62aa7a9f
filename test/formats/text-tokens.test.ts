import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tokenize } from '../../src/formats/text-tokens.js';
import { throws } from '../throws.js';

const read = (text: string): string[] => tokenize(text, 'net').map(({ kind, value }) => `${kind} ${value}`);

test('words, numbers, strings and symbols; comments and space between them', () => {
  assert.equal(read('a_1: -0x1F # rest\n .5e-3f'), [
    'word a_1',
    'symbol :',
    'symbol -',
    'number 0x1F',
    'number .5e-3f',
    'end ',
  ]);
  assert.equal(read(`'it"s' "\\x41\\101\\n"`), ['string it"s', 'string AA\n', 'end ']);
});

test('a string is one character a byte', () => {
  assert.equal(read('"é\\u00e9"'), ['string \u00c3\u00a9\u00c3\u00a9', 'end ']);
});

test('lines and columns count from 1, after a byte order mark too', () => {
  const positions = (text: string): string[] => tokenize(text, 'net').map(({ line, column }) => `${line}:${column}`);
  assert.equal(positions('a\n\tb c'), ['1:1', '2:2', '2:4', '2:5']);
  assert.equal(positions('\ufeffa'), ['1:1', '1:2']);
});

test('errors name the position', () => {
  throws(() => read('a\n !'), /^net:2:2: unexpected character "!"\.$/);
  throws(() => read('12ab'), /^net:1:3: expected a space after the number 12, got "ab"\.$/);
  throws(() => read('"ab\n"'), /^net:1:1: this string has no closing quote on its line\.$/);
  throws(() => read('"\\q"'), /unknown escape "\\\\q" in a string\.$/);
  throws(() => read('"\\UFFFFFFFF"'), /is no Unicode character\.$/);
});

test.run();
