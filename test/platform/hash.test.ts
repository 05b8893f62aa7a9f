import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../src/platform/hash.js';
import { scratchFolder } from '../scratch.js';

const folder = scratchFolder();

test('SHA-256 of bytes and of a file', async () => {
  // FIPS 180-2, appendix B.1
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  writeFileSync(join(folder, 'abc'), 'abc');
  assert.is(await sha256(new TextEncoder().encode('abc')), abc);
  assert.is(await sha256(join(folder, 'abc')), abc);
});

test.run();
