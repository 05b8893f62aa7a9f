import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VERSION } from '../../src/platform/version.js';
import { root } from '../support.js';

test('the version is that of package.json', () => {
  assert.is(VERSION, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
});

test.run();
