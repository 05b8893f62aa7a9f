import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { withConfig } from '../../src/cli/config.js';
import { xfdnnProgram } from '../../src/cli/main.js';
import { writeNpy } from '../../src/formats/npy.js';
import { resolvePreprocessing } from '../../src/images/index.js';
import { listImages } from '../../src/images/list-images.js';
import { readMeanFile } from '../../src/images/mean-file.js';
import { planQuantization } from '../../src/jobs/dry-run.js';
import { readLabels } from '../../src/jobs/labels.js';
import { openState } from '../../src/jobs/sensitivity-state.js';
import { sha256 } from '../../src/platform/index.js';
import { caffemodel, png, prototxt, smallNetwork, weights } from '../cli/fixtures.js';
import { ProtobufWriter } from '../protobuf-writer.js';
import { changedJson } from './json.js';
import type { Kind } from './kind.js';
import { mutated } from './mutate.js';
import type { Random } from './random.js';

/** The files that flags name, made at the first case. */
let made: string | undefined;
const folder = (): string => (made ??= smallNetwork());

/** Writes the bytes of a case under a name in that folder; its path. */
function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder(), name);
  writeFileSync(path, bytes);
  return path;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** JSON of a value, changed as a tree and sometimes also as bytes. */
function jsonCase(value: unknown, random: Random): Uint8Array {
  const bytes = encode(changedJson(value, random));
  return random.once(4) ? mutated(bytes, random) : bytes;
}

const flags = {
  deploy_model: '@/net.prototxt',
  weights: '@/net.caffemodel',
  calibration_directory: '@/images',
  calibration_size: 3,
  calibration_seed: 7,
  output_json: '@/q.json',
};
const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  overlay: ['v2', 'v3', 'v4'],
  bitwidths: [[8, 8, 8], [16], [8, 16, 32], []],
  calibrator: ['mse', 'reference', 'search', 'none'],
  walk: ['progressive', 'reference'],
  multipliers: ['nearest', 'original', 'by channel'],
  mean_value: [[1, 2, 3], [104], [], '@/net.caffemodel', '1,2'],
  transpose: [
    [2, 0, 1],
    [0, 0, 0],
    [2, 1, -1],
  ],
  channel_swap: [[2, 1, 0], [9]],
  raw_scale: [255, 0, -1],
  input_scale: [0.017, 1e300],
  layer_bits: [{ conv1: 16 }, { 'conv*': 8, 'x*': 16 }, { conv1: true }],
  set: [{ keep_prob: 1 }],
  threads: [1, 0, 1e9],
  memory: [1e9, '1G', '-1', 'x'],
  recursive: [true],
  calibration_indices: [[0, 1], [3, 3], [99]],
  input_shape: [[1, 3, 8, 8], [1, 3, 1e9, 1e9], [0]],
  output_layer: [['conv2'], ['none']],
  power_of_two: [true],
  no_quick_look: [true],
};

/** Flags of `quantize` that may make sense. */
function randomFlags(random: Random): Record<string, unknown> {
  const chosen = Object.entries(CHOICES).filter(() => random.once(5));
  return { ...flags, ...Object.fromEntries(chosen.map(([key, values]) => [key, random.of(values)])) };
}

const FOLDER = /@/g;
/** A case does not hold the path of a folder, which is another in each process: `@` stands for it. */
const inPlace = (bytes: Uint8Array): Uint8Array =>
  encode(new TextDecoder('utf-8').decode(bytes).replace(FOLDER, folder().replaceAll('\\', '/')));

/** Plans what a command line of `quantize` asks for; parses those of other commands. */
async function plan(words: readonly string[]): Promise<void> {
  const program = xfdnnProgram('0');
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: () => undefined, writeOut: () => undefined });
    command.action(async (options) => {
      if (command.name() === 'quantize') await planQuantization(options);
    });
  }
  try {
    await program.parseAsync(await withConfig(words, program), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
}

const manifest = {
  version: '0.1.0',
  flags,
  resolved: { walk: 'progressive', calibrator: 'mse', multipliers: 'nearest', overlay: 'v2', bitwidths: [8, 8, 8] },
  calibration_seed: 7,
  model: { file: '@/net.prototxt', sha256: '' },
  weights: { file: '@/net.caffemodel', sha256: '' },
  images: [0, 1, 2, 3].map((index) => ({ file: `${index}.png`, index, sha256: '' })),
  output: null,
};
const content: Readonly<Record<string, Uint8Array>> = {
  [manifest.model.file]: encode(prototxt),
  [manifest.weights.file]: caffemodel(weights),
  ...Object.fromEntries(manifest.images.map(({ file, index }) => [file, png(index + 1)])),
};

/** The manifest with the hashes that the files have. */
async function wholeManifest(): Promise<typeof manifest> {
  for (const file of [manifest.model, manifest.weights, ...manifest.images])
    file.sha256 = await sha256(content[file.file] ?? new Uint8Array());
  return { ...manifest, flags: { ...flags, calibration_size: 4 } };
}
const manifestOfFiles = await wholeManifest();

const measured = [0, 1].map(() => ({ base: null, layers: [null, null] }));
const state = {
  kind: 'xfdnn sensitivity 2',
  inputs: { overlay: 'v2' },
  result: null,
  digest: await sha256(encode(JSON.stringify(measured))),
  measured,
};

const means = [
  writeNpy({ shape: [3], data: Float32Array.of(104, 117, 123) }),
  writeNpy({ shape: [3, 2, 2], data: Float32Array.from({ length: 12 }, (_, i) => i) }),
  writeNpy({ shape: [2, 2, 3], data: Float64Array.from({ length: 12 }, (_, i) => i) }),
  ProtobufWriter.build((blob) => {
    for (const [field, size] of [1, 3, 2, 2].entries()) blob.integer(field + 1, size);
    blob.packedFloats(
      5,
      Array.from({ length: 12 }, (_, i) => i),
    );
  }),
];
const meanInput = { shape: [1, 3, 8, 8], layout: 'NCHW', framework: 'caffe' } as const;

const images = ['0.png', '1.png', 'a b.png'];
const LINES = [
  '0.png 1',
  'x/1.png  2',
  'a b.png\t0',
  '# note',
  '',
  '1.png 9',
  '__proto__ 1',
  'constructor 2',
  '0.png -1',
];
const lines = (random: Random): Uint8Array => {
  const list = [...LINES.slice(0, 3), ...Array.from({ length: random.below(6) }, () => random.of(LINES))];
  if (random.once(12)) list.push(`x${random.of([' ', '\t', '1', ' 1'] as const).repeat(200_000)}x`);
  const text = encode(list.join(random.of(['\n', '\r\n'])));
  return random.once(3) ? mutated(text, random) : text;
};

/** Kinds of files that flags name: of flags themselves, and lists of images, classes, mean images and kept states. */
export const flagFiles: Readonly<Record<string, Kind>> = {
  config: {
    make: (random) => jsonCase(randomFlags(random), random),
    async check(bytes) {
      const path = fileOf('config.json', inPlace(bytes));
      for (const command of ['quantize', 'verify', 'inspect']) await plan([command, '--config', path]);
    },
  },
  manifest: {
    make: (random) => jsonCase(manifestOfFiles, random),
    async check(bytes) {
      const path = fileOf('manifest.json', inPlace(bytes));
      for (const command of ['quantize', 'verify']) await plan([command, '--from', path]);
    },
  },
  mean: {
    make: (random) => mutated(random.of(means), random),
    async check(bytes) {
      const mean = await readMeanFile(fileOf('mean', bytes));
      resolvePreprocessing({ meanValue: mean }, meanInput);
    },
  },
  list: { make: lines, check: async (bytes) => void (await listImages(fileOf('list.txt', bytes))) },
  labels: { make: lines, check: async (bytes) => void (await readLabels(fileOf('labels', bytes), images, 10)) },
  state: {
    make: (random) => jsonCase(state, random),
    check: async (bytes) => void (await openState(fileOf('state', bytes), state.inputs, { images: 2, layers: 2 })),
  },
};
