import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpy } from '../../src/formats/npy.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { prototxt } from './fixtures.js';
import { network, quantizedNetwork } from './quantized.js';

const { path, xfdnn } = quantizedNetwork({
  'odd.prototxt': prototxt.replace('type: "Pooling"', 'type: "Spooling"'),
  'codes/.keep': '',
});
const verify = ['verify', ...network, '--scaling', 'q.json', '--images', 'images', '--quiet'];

test('1: a file that cannot be used', () => assert.is(xfdnn('check', 'none.json').code, 1));

test('2: wrong flags', () => {
  assert.is(xfdnn('check').code, 2);
  assert.is(xfdnn('check', 'q.json', '--overlay', 'v9').code, 2);
});

test('3: a gate that is missed, a fault, a difference, a layer that cannot be run', () => {
  const broken = JSON.parse(readFileSync(path('q.json'), 'utf8'));
  broken.network[0].scale[1] += 1;
  writeFileSync(path('bad.json'), formatScaling(broken.network));
  writeFileSync(path('codes/fc.npy'), writeNpy({ shape: [1, 2], data: Float32Array.of(1e6, 1e6) }));
  const found = [
    [...verify, '--min_sqnr', '200'],
    ['check', 'bad.json'],
    ['compare', 'q.json', 'bad.json', '--tolerance', '0'],
    [...verify, '--dumps', 'codes'],
    ['inspect', '--deploy_model', 'odd.prototxt'],
  ];
  for (const words of found) assert.is(xfdnn(...words).code, 3, words.join(' '));
});

test.run();
