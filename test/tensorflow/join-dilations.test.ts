import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { goldenCase, importGolden } from './golden.js';

test('SpaceToBatchND and BatchToSpaceND around a convolution are its dilation', () => {
  const nodes = importGolden(goldenCase('space_to_batch_conv_3x2')).nodes;
  assert.equal(
    nodes.map((node) => node.op),
    ['input', 'convolution', 'binary', 'relu'],
  );
  assert.equal(nodes[1]!.attrs['dilation'], [3, 2]);
});

test.run();
