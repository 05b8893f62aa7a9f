import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baseName, compareNames, joinPath, replaceExtension } from '../../src/platform/index.js';
import { plainPath } from '../../src/platform/path.js';

test('joining and taking apart', () => {
  assert.is(joinPath('a', 'b'), 'a/b');
  assert.is(joinPath('a/', 'b'), 'a/b');
  assert.is(joinPath('', 'b'), 'b');
  assert.is(baseName('a/b.c'), 'b.c');
  assert.is(baseName('b.c'), 'b.c');
});

test('an ending is that of the last part', () => {
  assert.is(replaceExtension('a.b/net.prototxt', '.json'), 'a.b/net.json');
  assert.is(replaceExtension('a.b/net', '.json'), 'a.b/net.json');
  assert.is(replaceExtension('a/.net', '.json'), 'a/.net.json');
});

test('a plain path says where a path leads', () => {
  const cases = { './a//b/../c/': 'a/c', '.': '', '/': '/', '//a/./b': '/a/b', '../a/../..': '../..', '/../a': '/a' };
  for (const [path, plain] of Object.entries(cases)) assert.is(plainPath(path), plain, path);
});

test('names compare as their UTF-8 bytes do', () => {
  const names = ['', 'a', 'ab', 'b', 'é', '\u{fffd}', '\u{10000}', 'a\u{10000}', 'a\u{ff5e}'];
  for (const a of names) {
    for (const b of names)
      assert.is(Math.sign(compareNames(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)), `${a} ${b}`);
  }
});

test.run();
