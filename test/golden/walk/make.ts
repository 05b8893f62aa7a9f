/**
 * Writes the recorded walks: for each case a network, weights and images from its seed, and the scaling file and codes
 * that the plain implementation of test/oracle gives.
 *   npm run golden:walk
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCaffe } from '../../../src/caffe/index.js';
import { writeNpy } from '../../../src/formats/npy.js';
import type { Graph } from '../../../src/graph/graph.js';
import { caffemodel } from '../../cli/fixtures.js';
import { generator } from '../../kernels/random.js';
import { asTensorFlow, withoutFactors } from '../../tensorflow/same-as-caffe.js';
import { cases, type WalkCase } from './networks.js';
import { calculate, folderOf, images } from './oracle.js';

/** Weights as a caffemodel holds them: those of the seed, the slopes of each PReLU spread over 0 to 0.5. */
function weightsOf({ nodes }: Graph): Uint8Array {
  const layers = nodes.filter(({ params }) => params.length > 0);
  return caffemodel(
    layers.map(({ name, op, params }) => ({
      name,
      blobs: params.map(({ shape, data }) => ({
        shape,
        values: op === 'prelu' ? Array.from(data, (_, c) => c / 8) : [...data],
      })),
    })),
  );
}

/** A noisy image, H x W x 3 in [0, 1], brighter towards one corner, so that channels and axes can be told apart. */
function imageOf(size: number, draw: (below: number) => number): Uint8Array {
  const data = Float32Array.from({ length: size * size * 3 }, (_, i) => {
    const [row, column, channel] = [Math.floor(i / (3 * size)), Math.floor(i / 3) % size, i % 3];
    return (60 + (80 * row) / size + (40 * column) / size + 15 * channel + draw(60)) / 255;
  });
  return writeNpy({ shape: [size, size, 3], data });
}

async function make(each: WalkCase): Promise<void> {
  const folder = folderOf(each);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'images'), { recursive: true });
  const graph = loadCaffe({ prototxt: each.prototxt, seedWeights: each.seed });
  const weights = weightsOf(each.isTensorFlow === true ? withoutFactors(graph) : graph);
  writeFileSync(join(folder, 'net.prototxt'), `${each.prototxt}\n`);
  writeFileSync(join(folder, 'net.caffemodel'), weights);
  if (each.isTensorFlow === true)
    writeFileSync(join(folder, 'model.pb'), asTensorFlow(loadCaffe({ prototxt: each.prototxt, weights })));
  const draw = generator(each.seed);
  const size = graph.values[graph.inputs[0]!]!.shape[2]!;
  for (const name of images) writeFileSync(join(folder, 'images', name), imageOf(size, draw));
  for (const [name, text] of Object.entries(await calculate(each))) writeFileSync(join(folder, name), text);
}

for (const each of cases) await make(each);
