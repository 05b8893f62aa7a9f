/** A command whose result must have the same bytes on every runtime. */
export interface Case {
  readonly name: string;
  /** The command and its flags, relative to a folder beside a link to `examples`. */
  readonly words: readonly string[];
  /** The file or folder that is hashed; the standard output where absent. */
  readonly output?: string;
  /** Whether the short form has it. */
  readonly short?: true;
  /** The name of the case whose hash it must have: threads and memory change no byte. */
  readonly same?: string;
  /** Whether it starts workers; left out where SIMD is switched off in the main thread alone. */
  readonly workers?: true;
}

const example = 'examples/cifar10';
const caffe = `--deploy_model ${example}/deploy.prototxt --weights ${example}/model.caffemodel`;
const tensorflow = `--deploy_model ${example}/model.pb --preset original`;
const split = (text: string): string[] => text.split(' ').filter((word) => word !== '');

function quantize(name: string, network: string, flags: string, more: Partial<Case> = {}): Case {
  const output = `${name.replaceAll(' ', '-')}.json`;
  const images = `--calibration_directory ${example}/calibration --calibration_size 4 --calibration_seed 1`;
  const threads = /--threads/.test(flags) ? '' : '--threads 1';
  return {
    name,
    words: split(`quantize ${network} ${images} ${flags} ${threads} --no_quick_look --quiet --output_json ${output}`),
    output,
    ...more,
  };
}

const same = 'quantize caffe v2';
const scaling = 'quantize-caffe-v2.json';
const images = `--images ${example}/calibration --image_count 2`;

/** The cases in order; later ones read the scaling file of the first. */
export const cases: readonly Case[] = [
  quantize(same, caffe, '--overlay v2', { short: true }),
  quantize('quantize caffe 2 threads', caffe, '--overlay v2 --threads 2', { same, workers: true, short: true }),
  quantize('quantize caffe 4 threads', caffe, '--overlay v2 --threads 4', { same, workers: true }),
  quantize('quantize caffe spilled', caffe, '--overlay v2 --memory 1M', { same }),
  quantize('quantize caffe v3', caffe, '--overlay v3'),
  quantize('quantize caffe 16 bits', caffe, '--overlay v3 --bitwidths 16'),
  quantize('quantize caffe reference', caffe, '--overlay v2 --calibrator reference'),
  quantize('quantize caffe reference walk', caffe, '--overlay v2 --calibrator reference --walk reference'),
  quantize('quantize tensorflow v2', tensorflow, '--overlay v2', { short: true }),
  quantize('quantize tensorflow v3', tensorflow, '--overlay v3'),
  quantize('quantize tensorflow reference', tensorflow, '--overlay v2 --calibrator reference'),
  {
    name: 'verify',
    words: split(`verify ${caffe} --scaling ${scaling} --overlay v2 ${images} --threads 1 --json`),
    short: true,
  },
  { name: 'run float', words: split(`run ${caffe} ${images} --blobs all --output_dir float`), output: 'float' },
  {
    name: 'run codes',
    words: split(`run ${caffe} ${images} --scaling ${scaling} --overlay v2 --blobs all --output_dir codes`),
    output: 'codes',
    short: true,
  },
  { name: 'rescale', words: split(`rescale ${scaling} --overlay v3 -o rescaled.json`), output: 'rescaled.json' },
  { name: 'check', words: split(`check ${scaling} --overlay v2 ${caffe} --json`) },
  { name: 'inspect', words: split(`inspect ${caffe} --json`) },
];
