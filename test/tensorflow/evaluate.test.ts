import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dropUnused } from '../../src/optimise/index.js';
import { goldenCase, importGolden } from './golden.js';

const opsOf = (name: string): string[] => dropUnused(importGolden(goldenCase(name))).nodes.map((node) => node.op);

test('constants, shape arithmetic and copies leave nothing behind', () => {
  assert.equal(opsOf('flatten_by_shape'), ['input', 'reshape']);
  assert.equal(opsOf('folded_weights'), ['input', 'convolution', 'binary']);
  assert.equal(opsOf('batch_norm_unfused'), ['input', 'binary', 'binary']);
});

test.run();
