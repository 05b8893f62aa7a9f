/**
 * The recorded runs: commands of `bin/xfdnn.js` and the files whose SHA-256 is held against `hashes.json`.
 * Every flag whose default may change is stated. Paths are relative to the folder of a run; `inputs.ts` says what lies
 * beside it.
 */

/** One command. What it prints is kept as a file where a name is given. */
export interface Step {
  /** The command and its flags. */
  readonly words: readonly string[];
  /** Files and folders that the command writes and that are hashed. */
  readonly files?: readonly string[];
  /** The name under which the standard output is hashed. */
  readonly stdout?: string;
  /** The name under which the standard error output (warnings) is hashed. */
  readonly stderr?: string;
  /** The exit code, 0 where it is absent. */
  readonly exit?: number;
}

/** Commands that share a folder, performed in order. */
export interface Run {
  readonly name: string;
  /** Whether the run reads the folder of references beside the checkout. */
  readonly needsShared: boolean;
  readonly steps: readonly Step[];
}

/**
 * Flags added to every command of a name, for instance `quantize: ['--calibrator', 'reference']` once the default
 * calibrator is another. The hashes stay, except those of `example/manifest`: a manifest lists the flags.
 */
export const addedFlags: Readonly<Record<string, readonly string[]>> = {
  quantize: ['--calibrator', 'reference', '--no_quick_look'],
  verify: [],
  run: [],
  inspect: [],
  check: [],
  rescale: [],
  compare: [],
};

/** A network: the flags that name it, and the flags that turn an image into its input (none for arrays). */
interface Network {
  readonly model: string;
  readonly preprocessing: string;
}

const example = '../examples/cifar10';
const caffe: Network = {
  model: `--framework caffe --deploy_model ${example}/deploy.prototxt --weights ${example}/model.caffemodel`,
  preprocessing:
    '--transpose 2,0,1 --channel_swap 2,1,0 --raw_scale 255 --mean_value 104,117,123 --input_scale 1 --resize caffe',
};
const tensorflow: Network = {
  model: `--framework tensorflow --deploy_model ${example}/model.pb`,
  preprocessing:
    '--transpose 0,1,2 --channel_swap 2,1,0 --raw_scale 255 --mean_value 104,117,123 --input_scale 1 --resize tensorflow',
};

const split = (...texts: readonly string[]): string[] =>
  texts
    .join(' ')
    .split(' ')
    .filter((word) => word !== '');

/** How a network is quantized. */
interface Setting {
  readonly overlay: 'v2' | 'v3';
  /** One width, or three. */
  readonly bits: string;
  readonly walk: 'progressive' | 'reference';
}

const settingName = ({ overlay, bits, walk }: Setting): string => `${walk}-${overlay}-${bits.replaceAll(',', '-')}`;

const bitwidths = (bits: string): string => `--bitwidths ${bits.includes(',') ? bits : `${bits},${bits},${bits}`}`;

function quantize(network: Network, setting: Setting, images: string, size: number, more = ''): string[] {
  const { overlay, bits, walk } = setting;
  return split(
    `quantize ${network.model} ${network.preprocessing}`,
    `--calibration_directory ${images} --calibration_size ${size} --calibration_seed 1 --calibration_sampler seedrandom`,
    `--overlay ${overlay} ${bitwidths(bits)} --walk ${walk} --output_json ${settingName(setting)}.json`,
    `--threads 1 --memory 1G --quiet ${more}`,
  );
}

function verify(network: Network, setting: Setting, images: string, count: number, more = '--json'): string[] {
  return split(
    `verify ${network.model} ${network.preprocessing} --scaling ${settingName(setting)}.json --overlay ${setting.overlay}`,
    `--images ${images} --image_count ${count} --threads 1 --quiet ${more}`,
  );
}

const exampleImages = `${example}/calibration`;
const v2: Setting = { overlay: 'v2', bits: '8', walk: 'progressive' };
const v3: Setting = { ...v2, overlay: 'v3' };
const scaling = (setting: Setting): string => `${settingName(setting)}.json`;

/** Scaling file and messages of the example. */
function exampleScaling(name: string, network: Network, setting: Setting, flags = ''): Run {
  const words = quantize(network, setting, exampleImages, 6, flags);
  return {
    name: `example/${name}`,
    needsShared: false,
    steps: [{ words, files: [scaling(setting)], stdout: 'quantize.txt', stderr: 'warnings.txt' }],
  };
}

/** Scaling file, messages and verification of the example. */
function exampleVerified(name: string, network: Network, setting: Setting, flags = ''): Run {
  const run = exampleScaling(name, network, setting, flags);
  return {
    ...run,
    steps: [...run.steps, { words: verify(network, setting, `${example}/test`, 4), stdout: 'verify.json' }],
  };
}

const pick = `--calibration_directory ${exampleImages} --calibration_size 2 --calibration_seed 1 --calibration_sampler seedrandom`;

function exampleBlobs(name: string, network: Network): Run {
  const steps: Step[] = [
    {
      words: split(`run ${network.model} ${network.preprocessing} ${pick} --blobs all --output_dir float --quiet`),
      files: ['float'],
      stdout: 'float.txt',
    },
  ];
  return { name: `example/${name}`, needsShared: false, steps };
}

function exampleInspect(name: string, network: Network): Run {
  const steps: Step[] = [
    { words: split(`inspect ${network.model} --json`), stdout: 'inspect.json' },
    { words: split(`inspect ${network.model}`), stdout: 'inspect.txt' },
  ];
  return { name: `example/${name}`, needsShared: false, steps };
}

const labelled = `--labels ${example}/labels.txt`;
const exampleRuns: readonly Run[] = [
  exampleVerified('caffe-v2-8', caffe, v2),
  exampleVerified('caffe-v2-16', caffe, { ...v2, bits: '16' }),
  exampleVerified('caffe-v3-8', caffe, v3),
  exampleVerified('caffe-v3-16', caffe, { ...v3, bits: '16' }),
  exampleVerified('caffe-inner-product', caffe, v3, '--include_inner_product --unify_concat'),
  exampleScaling('caffe-power-of-two', caffe, v2, '--power_of_two'),
  exampleScaling('caffe-reference', caffe, { ...v2, walk: 'reference' }),
  exampleVerified('tensorflow-reference', tensorflow, { ...v2, walk: 'reference' }),
  exampleVerified('tensorflow-progressive', tensorflow, v2),
  exampleScaling('tensorflow-v3-16', tensorflow, { ...v3, bits: '16' }),
  exampleBlobs('caffe-blobs', caffe),
  exampleBlobs('tensorflow-blobs', tensorflow),
  exampleInspect('caffe-inspect', caffe),
  exampleInspect('tensorflow-inspect', tensorflow),
  {
    name: 'example/manifest',
    needsShared: false,
    steps: [
      {
        words: quantize(caffe, { ...v3, bits: '8,8,16' }, exampleImages, 4, '--manifest manifest.json'),
        files: ['progressive-v3-8-8-16.json', 'manifest.json'],
      },
    ],
  },
  {
    name: 'example/tools',
    needsShared: false,
    steps: [
      { words: quantize(caffe, v2, exampleImages, 4), files: [scaling(v2)] },
      { words: verify(caffe, v2, `${example}/test`, 4, labelled), stdout: 'verify.txt' },
      { words: split(`check ${scaling(v2)} --overlay v2 ${caffe.model} --json`), stdout: 'check.json' },
      {
        words: split(
          `run ${caffe.model} ${caffe.preprocessing} ${pick} --blobs all --output_dir codes --scaling ${scaling(v2)} --overlay v2 --quiet`,
        ),
        files: ['codes'],
        stdout: 'codes.txt',
      },
      { words: split(`check ${scaling(v2)} --overlay v2`), stdout: 'check.txt' },
      {
        words: split(`rescale ${scaling(v2)} --overlay v3 ${bitwidths('16')} ${caffe.model} -o rescaled.json`),
        files: ['rescaled.json'],
        stdout: 'rescale.txt',
      },
      { words: split(`compare ${scaling(v2)} rescaled.json --tolerance 0.01 --json`), stdout: 'compare.json', exit: 3 },
      { words: split(`compare ${scaling(v2)} rescaled.json --tolerance 0.01`), stdout: 'compare.txt', exit: 3 },
    ],
  },
];

const seeded = (architecture: string): Network => ({
  model: `--framework caffe --deploy_model ../shared/models/architectures/${architecture}_deploy.prototxt --seed_weights 1`,
  preprocessing: caffe.preprocessing,
});

/** Well-known architectures with seeded weights. */
function architectureRun(architecture: string): Run {
  const network = seeded(architecture);
  const wide: Setting = { ...v3, bits: '16' };
  const steps: Step[] = [
    { words: split(`inspect ${network.model} --json`), stdout: 'inspect.json' },
    { words: quantize(network, v2, '../photographs', 2), files: [scaling(v2)], stderr: 'warnings.txt' },
    { words: quantize(network, wide, '../photographs', 2), files: [scaling(wide)] },
  ];
  return { name: `architectures/${architecture}`, needsShared: true, steps };
}

/** The preprocessing that `meta.json` states for each real network; `null` where the input is an array. */
const real: readonly (readonly [name: string, dims: string, preprocessing: string | null])[] = [
  ['caffe/aizoo-facemask', '3,260,260', '--raw_scale 1 --mean_value 0,0,0 --input_scale 1 --channel_swap 0,1,2'],
  [
    'caffe/cifar10-quick',
    '3,32,32',
    '--raw_scale 255 --mean_value 125.3,123.0,113.9 --input_scale 1 --channel_swap 0,1,2',
  ],
  ['caffe/hyperlpr-characterrecognization', '1,30,14', '--raw_scale 1 --mean_value 0 --input_scale 1 --channel_swap 0'],
  ['caffe/hyperlpr-finemapping', '3,16,66', '--raw_scale 1 --mean_value 0,0,0 --input_scale 1 --channel_swap 2,1,0'],
  ['caffe/lenet', '1,28,28', '--raw_scale 0.99609375 --mean_value 0 --input_scale 1 --channel_swap 0'],
  ['caffe/lenet-v2', '1,28,28', '--raw_scale 0.99609375 --mean_value 0 --input_scale 1 --channel_swap 0'],
  [
    'caffe/mobilenet-yolov3-lite',
    '3,256,256',
    '--raw_scale 255 --mean_value 127.5,127.5,127.5 --input_scale 0.007843 --channel_swap 2,1,0',
  ],
  [
    'caffe/mtcnn-det1',
    '3,48,64',
    '--raw_scale 255 --mean_value 127.5,127.5,127.5 --input_scale 0.0078125 --channel_swap 0,1,2',
  ],
  [
    'caffe/mtcnn-det2',
    '3,24,24',
    '--raw_scale 255 --mean_value 127.5,127.5,127.5 --input_scale 0.0078125 --channel_swap 0,1,2',
  ],
  ['caffe/mtcnn-det4', '15,24,24', null],
  [
    'caffe/ultraface-slim320',
    '3,240,320',
    '--raw_scale 255 --mean_value 127,127,127 --input_scale 0.0078125 --channel_swap 0,1,2',
  ],
  ['caffe/wechat-qr-sr', '1,56,64', '--raw_scale 1 --mean_value 0 --input_scale 1 --channel_swap 0'],
  ['tensorflow/aizoo-facemask', '3,260,260', '--raw_scale 1 --mean_value 0,0,0 --input_scale 1 --channel_swap 0,1,2'],
  ['tensorflow/emotion-tiny', '1,48,48', '--raw_scale 2 --mean_value 1 --input_scale 1 --channel_swap 0'],
  ['tensorflow/espcn-x2', '1,48,56', '--raw_scale 1 --mean_value 0 --input_scale 1 --channel_swap 0'],
  ['tensorflow/fsrcnn-x3', '1,32,40', '--raw_scale 1 --mean_value 0 --input_scale 1 --channel_swap 0'],
  ['tensorflow/kws-cnn-s', '49,10', null],
  [
    'tensorflow/mobilenet-v1-025-224',
    '3,224,224',
    '--raw_scale 2 --mean_value 1,1,1 --input_scale 1 --channel_swap 0,1,2',
  ],
  [
    'tensorflow/mtcnn-pnet',
    '3,48,64',
    '--raw_scale 255 --mean_value 127.5,127.5,127.5 --input_scale 0.0078125 --channel_swap 2,1,0',
  ],
  ['tensorflow/t2o-fc', '784', null],
];

/** The networks that calibrate on their recorded input because it is not an image. */
export const arrayNetworks: readonly string[] = real
  .filter(([, , preprocessing]) => preprocessing === null)
  .map(([name]) => name);

const verified = ['caffe/lenet', 'caffe/ultraface-slim320', 'tensorflow/mobilenet-v1-025-224'];

/** The networks whose entries for fully connected layers are recorded too. */
const fullyConnected = ['caffe/lenet', 'tensorflow/t2o-fc'];

/** A real network: scaling files of both walks, float blobs, layers, for some the verification. */
function realRun([name, dims, preprocessing]: (typeof real)[number]): Run {
  const folder = `../shared/models/${name}`;
  const isCaffe = name.startsWith('caffe/');
  const files = isCaffe
    ? `--framework caffe --deploy_model ${folder}/model.prototxt --weights ${folder}/model.caffemodel`
    : `--framework tensorflow --deploy_model ${folder}/model.pb`;
  const layout = isCaffe ? '--transpose 2,0,1 --resize caffe' : '--transpose 0,1,2 --resize tensorflow';
  const network: Network = {
    model: `${files} --dims ${dims}`,
    preprocessing: preprocessing === null ? '' : `${layout} ${preprocessing}`,
  };
  const images = preprocessing === null ? `../arrays/${name}` : '../photographs';
  const count = preprocessing === null ? 1 : 2;
  const settings: Setting[] = [v2, { ...v3, bits: '16' }, { ...v2, walk: 'reference' }];
  const steps: Step[] = [
    { words: split(`inspect ${network.model} --json`), stdout: 'inspect.json' },
    {
      words: split(`run ${network.model} --input ${folder}/input.npy --blobs all --output_dir float --quiet`),
      files: ['float'],
    },
    ...settings.map((setting) => ({
      words: quantize(network, setting, images, count),
      files: [scaling(setting)],
      stderr: `${settingName(setting)}.warnings.txt`,
    })),
    ...settings
      .filter(() => verified.includes(name))
      .map((setting) => ({
        words: verify(network, setting, images, count),
        stdout: `${settingName(setting)}.verify.json`,
      })),
    ...[v3]
      .filter(() => fullyConnected.includes(name))
      .map((setting) => ({
        words: quantize(network, setting, images, count, '--include_inner_product'),
        files: [scaling(setting)],
      })),
  ];
  return { name, needsShared: true, steps };
}

/** Every recorded run. */
export const runs: readonly Run[] = [
  ...exampleRuns,
  ...['bvlc_googlenet_without_lrn', 'resnet50', 'mobilenet', 'inception_v3'].map(architectureRun),
  ...real.map(realRun),
];
