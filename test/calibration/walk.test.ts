import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { calibrate } from '../../src/jobs/calibrate.js';

test('an average that its sums cannot hold is refused with the name of its layer', async () => {
  const prototxt = `
    layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 1 dim: 256 dim: 256 } } }
    layer { name: "wide" type: "Pooling" bottom: "data" top: "wide" pooling_param { pool: AVE global_pooling: true } }`;
  const graph = loadCaffe({ prototxt, seedWeights: 1 });
  const images = [new Float32Array(65536).fill(1)];
  const error = await calibrate(
    graph,
    { arrays: images },
    {
      widths: { input: 16, params: 16, output: 16 },
      threads: 1,
    },
  ).catch((thrown) => thrown);
  assert.match(
    error.message,
    /layer "wide" \(Pooling\): expected an average over fewer than 65536 elements at 16 bits, got 256x256/,
  );
});

test.run();
