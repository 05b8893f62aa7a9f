import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { throws } from '../throws.js';
import { load, net, right, weights } from './networks.js';

test('weights are matched by name, count and shape', () => {
  const graph = load(net, { weights: weights(right) });
  assert.equal(
    graph.nodes[3]!.params.map(({ shape, data }) => [shape, data.length]),
    [
      [[5, 192], 960],
      [[5], 5],
    ],
  );
  throws(
    () => load(net, { weights: weights({ ...right, conv1: [[4, 3, 3, 3]] }) }),
    /^net:2:1: layer "conv1" \(Convolution\): expected 2 weight blobs \(weights 4x3x3x3, bias 4\), got 1 \(4x3x3x3\) in w\./,
  );
  throws(
    () => load(net, { weights: weights({ ...right, fc: [[5, 191], [5]] }) }),
    /^net:4:1: layer "fc" \(InnerProduct\): expected weights of 5x192, got 5x191 in w\./,
  );
  throws(
    () => load(net, { weights: weights({ ip1: [[1]] }) }),
    /^net: none of its 2 layers with weights \("conv1", "fc"\) is in w, which has "ip1"\./,
  );
  throws(
    () => load(net, { weights: weights(right), dims: [3, 9, 9] }),
    /layer "fc" \(InnerProduct\): expected weights of 5x196, got 5x192 in w\. The weights fix the size of the input: leave out --dims/,
  );
  throws(
    () => load(net, { seedWeights: undefined }),
    /^net: this network has weights, but none were given\. Give --weights FILE, or --seed_weights N to try it out\.$/,
  );
  throws(
    () => load(net, { weights: new TextEncoder().encode(net) }),
    /^w: this is a text file; expected a binary caffemodel\. Are model and weights swapped\?$/,
  );
  throws(
    () => loadCaffe({ prototxt: weights(right), prototxtName: 'net' }),
    /^net: this is a binary file; expected the text of a prototxt\. Are model and weights swapped\?$/,
  );
});

test('generated and placeholder weights', () => {
  const data = (options: Parameters<typeof load>[1]) =>
    load(net, options).nodes.flatMap((node) => node.params.map((param) => [...param.data]));
  assert.equal(data({ seedWeights: 5 }), data({ seedWeights: 5 }));
  assert.not.equal(data({ seedWeights: 5 }), data({ seedWeights: 6 }));
  assert.ok(
    data({ seedWeights: undefined, shapesOnly: true })
      .flat()
      .every((value) => value === 0),
  );
});

test.run();
