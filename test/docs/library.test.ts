import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';
import { blocksOf, hasNoTypeErrors, outputOfProgram, workingCopy } from './documented.js';

const copy = workingCopy();
for (const name of ['deploy.prototxt', 'model.caffemodel', 'calibration'])
  symlinkSync(join(root, 'examples/cifar10', name), join(copy, name));

/** The blocks of the page as one program. */
const program = blocksOf(readFileSync(join(root, 'docs/library.md'), 'utf8'), 'ts').join('\n');

test('the program of docs/library.md has no type errors', () => hasNoTypeErrors(copy, program));

test('the program of docs/library.md runs', () => {
  const output = outputOfProgram(copy, program);
  assert.match(output, /^3 of 3 images$/m);
  assert.match(output, /^net\.json \d+$/m);
  assert.match(output, /^AbortError$/m);
  // Runtimes break lines and quote in ways of their own.
  assert.match(output, /^Int8Array \{\s*kind: ['"]codes['"],\s*grid: \{\s*threshold: 4,\s*bits: 8,?\s*\},?\s*\}$/m);
});

test.run();
