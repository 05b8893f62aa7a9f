import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  nameList,
  normaliseArguments,
  numberList,
  pathOrAssignment,
  repeated,
  settings,
} from '../../src/cli/arguments.js';
import { throws } from '../throws.js';

test('numbers in the spellings of lists', () => {
  for (const text of ['[2, 0, 1]', '2,0,1', '2 0 1', '[2 0 1]', ' 2, 0 ,1 ', '"2 0 1"', "'[2,0,1]'"])
    assert.equal(numberList('transpose')(text), [2, 0, 1], text);
});

test('settings are numbers and truth values by name', () => {
  const parse = settings('set');
  assert.equal(parse('keep_prob=1,phase_train=false'), { keep_prob: 1, phase_train: false });
  assert.equal(parse('[a/b=0.5, c=TRUE]'), { 'a/b': 0.5, c: true });
  for (const text of ['keep_prob', 'keep_prob=', '=1', 'a=1,b=yes'])
    throws(() => parse(text), /^--set: expected NAME=VALUE\[,NAME=VALUE\.\.\.\] with numbers, true or false, got /);
});

test('names in the spellings of lists', () => {
  for (const text of ['[a/b, c]', 'a/b,c', 'a/b c', '[a/b c]', '"a/b", "c"', "['a/b','c']"])
    assert.equal(nameList(text), ['a/b', 'c'], text);
  for (const text of ['"a b"', '["a b"]', 'a b,']) assert.equal(nameList(text), ['a b'], text);
});

test('a repeated flag appends', () => {
  const parse = repeated(nameList);
  assert.equal(parse('a,b'), ['a', 'b']);
  assert.equal(parse('c', ['a', 'b']), ['a', 'b', 'c']);
});

test('a path for each input is appended, a path without a name replaces', () => {
  assert.is(pathOrAssignment('a'), 'a');
  assert.equal(pathOrAssignment('y=b', pathOrAssignment('x=a')), ['x=a', 'y=b']);
  assert.is(pathOrAssignment('b', 'a'), 'b');
  assert.is(pathOrAssignment('x=b', 'a'), 'x=b');
  assert.is(pathOrAssignment('b', ['x=a', 'y=c']), 'b');
});

test('lists that the shell has split, and hyphens', () => {
  assert.equal(normaliseArguments(['--mean-value', '[104,', '117,', '123]', '--raw_scale', '1']), [
    '--mean_value',
    '[104, 117, 123]',
    '--raw_scale',
    '1',
  ]);
  assert.equal(normaliseArguments(['--mean-value=[104,', '117,', '123]', '--a-b=c-d']), [
    '--mean_value=[104, 117, 123]',
    '--a_b=c-d',
  ]);
  assert.equal(normaliseArguments(['--dims', '[3,8,8]', 'a-b', '-o', 'x-y', '--', '--as-is']), [
    '--dims',
    '[3,8,8]',
    'a-b',
    '-o',
    'x-y',
    '--',
    '--as-is',
  ]);
  assert.equal(normaliseArguments(['--transpose', '[2,0', '--raw-scale', '1']), [
    '--transpose',
    '[2,0',
    '--raw_scale',
    '1',
  ]);
});

test.run();
