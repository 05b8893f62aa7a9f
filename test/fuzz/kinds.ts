import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importCaffe, inspectCaffe } from '../../src/caffe/index.js';
import { writeNpy } from '../../src/formats/npy.js';
import { decodeImage } from '../../src/images/decode.js';
import { resolvePreprocessing } from '../../src/images/index.js';
import { prepareImage } from '../../src/images/load.js';
import { checkScaling, fixScaling } from '../../src/scaling-file/check.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { readScaling } from '../../src/scaling-file/parse.js';
import { rescale } from '../../src/scaling-file/rescale.js';
import { inspectTensorFlow } from '../../src/tensorflow/index.js';
import { caffemodel, png, prototxt, weights } from '../cli/fixtures.js';
import { sample } from '../scaling-file/samples.js';
import { root } from '../support.js';
import { exercise } from './exercise.js';
import { flagFiles } from './flag-files.js';
import { randomGraphDef } from './graph-defs.js';
import type { Kind } from './kind.js';
import { mutated } from './mutate.js';
import { randomPrototxt } from './prototxts.js';
import type { Random } from './random.js';

const example = (name: string): Uint8Array => new Uint8Array(readFileSync(join(root, 'examples/cifar10', name)));
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const sometimes = (make: (random: Random) => Uint8Array, cases: number) => (random: Random) =>
  random.once(cases) ? mutated(make(random), random) : make(random);

const smallWeights = caffemodel(weights);
const photographs = ['420-progressive', '420-restart', '444', 'gray-progressive', 'cmyk'].map(
  (name) => new Uint8Array(readFileSync(join(root, `test/golden/jpeg/${name}.jpg`))),
);
const array = writeNpy({ shape: [8, 8, 3], data: Float32Array.from({ length: 192 }, (_, i) => i / 192) });
const preprocessing = resolvePreprocessing({}, { shape: [1, 3, 8, 8], layout: 'NCHW', framework: 'caffe' });
const scalings = [encode(formatScaling(sample())), encode(formatScaling(sample('v3')))];

async function checkImage(bytes: Uint8Array): Promise<void> {
  const { width, height, channels, data } = await decodeImage(bytes, 'fuzz');
  if (data.length !== width * height * channels)
    throw new Error('an image has more or fewer samples than its size says');
}

/** Every kind by its name on the command line. */
export const kinds: Readonly<Record<string, Kind>> = {
  prototxt: {
    make: sometimes((random) => encode(randomPrototxt(random)), 6),
    async check(bytes) {
      inspectCaffe({ prototxt: bytes, prototxtName: 'fuzz', shapesOnly: true });
      await exercise(importCaffe({ prototxt: bytes, prototxtName: 'fuzz', seedWeights: 1 }).graph);
    },
  },
  caffemodel: {
    make: (random) => mutated(smallWeights, random),
    check: async (bytes) =>
      exercise(importCaffe({ prototxt, prototxtName: 'net', weights: bytes.slice(), weightsName: 'fuzz' }).graph),
  },
  graphdef: {
    make: sometimes(randomGraphDef, 8),
    check: async (bytes) => exercise(inspectTensorFlow({ bytes, fileName: 'fuzz' }).graph),
  },
  png: { make: (random) => mutated(png(random.below(3), 9, 7), random), check: checkImage },
  jpeg: { make: (random) => mutated(random.of(photographs), random), check: checkImage },
  npy: {
    make: (random) => mutated(array, random),
    check: async (bytes) => void (await prepareImage(bytes, 'fuzz', preprocessing)),
  },
  scaling: {
    make: (random) => mutated(random.of(scalings), random),
    async check(bytes) {
      const { entries, complete } = readScaling(new TextDecoder().decode(bytes), 'fuzz');
      checkScaling(entries);
      if (!complete) return;
      readScaling(formatScaling(fixScaling(entries)), 'fixed');
      formatScaling(rescale(entries, 'v2', { overlay: 'v3', exact: new Set() }));
    },
  },
  ...flagFiles,
  model: {
    make: (random) => mutated(example('model.pb'), random),
    check: async (bytes) => void inspectTensorFlow({ bytes, fileName: 'fuzz' }),
  },
};
