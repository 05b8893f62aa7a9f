import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFloat, formatScaling } from '../../src/overlay/format-scaling.js';
import { shared, testShared } from '../support.js';

testShared('recorded files are written byte for byte', () => {
  const walk = join(shared, 'golden/walk');
  for (const name of readdirSync(walk)) {
    const file = join(walk, name, 'expected.json');
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    assert.is(formatScaling(JSON.parse(text).network), text, name);
  }
});

test('floats always bear a point or an exponent', () => {
  assert.equal([151, 0, 0.5, 1e-5, 1.25e-7, 1e16, 123456789].map(formatFloat), ['151.0', '0.0', '0.5', '1e-05', '1.25e-07', '1e+16', '123456789.0']);
});

test('an empty network is still a network', () => {
  assert.equal(JSON.parse(formatScaling([])), { network: [] });
});

test.run();
