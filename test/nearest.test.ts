import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearest } from '../src/nearest.js';

const same = (word: string): string => word;

test('words within a third of the letters, nearest first', () => {
  assert.equal(nearest('conv1', ['pool1', 'conv12', 'conv1', 'conf11'], same), ['conv1', 'conv12', 'conf11']);
});

test('insertions, deletions and replacements count one each', () => {
  assert.equal(nearest('abcdef', ['abdefg', 'bcdefg', 'fedcba', 'xyz'], same), ['abdefg', 'bcdefg']);
});

test('words are compared in their plain form and given as they are', () => {
  assert.equal(
    nearest('outputjson', ['output_json', 'weights'], (word) => word.replace('_', '')),
    ['output_json'],
  );
});

test.run();
