import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refused } from './command.js';
import { network, quantizedNetwork } from './quantized.js';

const { folder, path, xfdnn } = quantizedNetwork();

test('there and back is the file itself', () => {
  const there = xfdnn(
    'rescale',
    'q.json',
    '--overlay',
    'v3',
    '--bitwidths',
    '[16, 16, 16]',
    '-o',
    'v3.json',
    ...network,
  );
  assert.equal([there.code, there.output], [0, '2 entries, overlay v2 to v3: v3.json\n']);
  assert.is(xfdnn('rescale', 'v3.json', '--overlay', 'v2', '--bitwidths', '8,8,8', '-o', 'back.json').code, 0);
  assert.is(readFileSync(path('back.json'), 'utf8'), readFileSync(path('q.json'), 'utf8'));
});

test('what rescale refuses', () => {
  refused(
    folder,
    ['rescale', 'q.json', '--overlay', 'v3'],
    2,
    /^error: required option '-o, --output <file>' not specified$/,
  );
  refused(
    folder,
    ['rescale', 'q.json', '--bitwidths', '16,8,8', '-o', 'x.json'],
    2,
    /^--bitwidths: expected the same width for input and output where no network is given/,
  );
});

test.run();
