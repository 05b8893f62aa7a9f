import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { globMatcher } from '../../src/images/glob.js';

const NAMES = ['a', 'ab', 'b', 'a/b', 'a/b/c', 'b/a', 'x-y', 'a.b', '[a', 'é', '^', 'a\\b', '😀'];
const matched = (pattern: string): string[] => NAMES.filter(globMatcher(pattern));

test('every kind of part matches what it says', () => {
  assert.equal(matched('*'), ['a', 'ab', 'b', 'x-y', 'a.b', '[a', 'é', '^', 'a\\b', '😀']);
  assert.equal(matched('**'), NAMES);
  assert.equal(matched('?'), ['a', 'b', 'é', '^', '😀']);
  assert.equal(matched('a*b'), ['ab', 'a.b', 'a\\b']);
  assert.equal(matched('a**b'), ['ab', 'a/b', 'a.b', 'a\\b']);
  assert.equal(matched('**/b'), ['b', 'a/b']);
  assert.equal(matched('a/**/c'), ['a/b/c']);
  assert.equal(matched('**/*'), NAMES);
  assert.equal(matched('a?b'), ['a.b', 'a\\b']);
  assert.equal(matched('[ab]'), ['a', 'b']);
  assert.equal(matched('[!ab]'), ['é', '^', '😀']);
  assert.equal(matched('[a-c]*'), ['a', 'ab', 'b', 'a.b', 'a\\b']);
  assert.equal(matched('x[-]y'), ['x-y']);
  assert.equal(matched('[^]'), ['^']);
  assert.equal(matched('a[\\]b'), ['a\\b']);
  assert.equal(matched('[[]a'), ['[a']);
  assert.equal(matched('[a'), ['[a']);
  assert.equal(matched('a.b'), ['a.b']);
  assert.equal(matched(''), []);
});

test('a range that is none is named', () => {
  assert.throws(
    () => globMatcher('x[z-a]'),
    /^x\[z-a\]: expected a range such as \[a-z\] in the pattern, got \[z-a\]\./,
  );
});

test('many stars take no longer than their number says', () => {
  const begin = process.cpuUsage();
  const name = 'a'.repeat(255);
  assert.not(globMatcher(`${'*a'.repeat(100)}*b`)(name));
  assert.not(globMatcher(`${'**/'.repeat(50)}b`)('a/'.repeat(120)));
  assert.ok(globMatcher(`${'*a'.repeat(100)}*`)(name));
  assert.ok(process.cpuUsage(begin).user < 3e6);
});

test.run();
