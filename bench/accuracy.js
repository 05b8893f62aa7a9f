import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { calibrationFilesOf } from '../dist/src/jobs/calibration-flags.js';
import { JudgedNetwork, readLabels } from './accuracy/measure.js';

/** @typedef {import('./accuracy/measure.js').Accuracy} Accuracy */
/** @typedef {import('./accuracy/measure.js').Setting} Setting */

const usage = `node bench/accuracy.js example|networks [options]
  --calibrators LIST  of mse,reference,search,max (default: reference,mse)
  --overlays LIST     of v2,v3 (default: both)
  --bits LIST         of 8,16 (default: both)
  --only REGEX        the networks whose path holds it
  --seeds COUNT       example: runs, with seeds 0, 1, ... (default: 5)
  --splits COUNT      networks: ways to part the photographs (default: 4)
  --models FOLDER     networks: default ../shared/models`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...Object.fromEntries(
      ['calibrators', 'overlays', 'bits', 'only', 'seeds', 'splits', 'models'].map((name) => [
        name,
        { type: /** @type {const} */ ('string') },
      ]),
    ),
  },
});
const text = /** @type {Record<string, string | undefined>} */ (values);
const list = (/** @type {string} */ name, /** @type {string} */ standard) => (text[name] ?? standard).split(',');

/** @type {Setting[]} */
const settings = list('bits', '8,16').flatMap((bits) =>
  list('overlays', 'v2,v3').flatMap((overlay) =>
    list('calibrators', 'reference,mse').map(
      (calibrator) => /** @type {any} */ ({ calibrator, overlay, bits: Number(bits) }),
    ),
  ),
);

/** The embedded network, calibrated on 32 of its calibration images, judged on its 1,000 test images. @param {number} seeds */
async function example(seeds) {
  const folder = fileURLToPath(new URL('../examples/cifar10/', import.meta.url));
  const files = { framework: 'caffe', deploy_model: `${folder}deploy.prototxt`, weights: `${folder}model.caffemodel` };
  const judges = readdirSync(`${folder}test`)
    .sort()
    .map((name) => `${folder}test/${name}`);
  const network = await JudgedNetwork.open(files, judges, readLabels(`${folder}labels.txt`));
  console.log('| overlay | bits | calibrator | top-1 % | agreement % | dB |\n|---|---|---|---|---|---|');
  for (const setting of settings) {
    /** @type {object[]} */
    const found = [];
    for (let seed = 0; seed < seeds; seed++) {
      const chosen = /** @type {any} */ ({
        calibration_directory: `${folder}calibration`,
        calibration_size: 32,
        calibration_seed: seed,
      });
      found.push(network.accuracy(await network.entries((await calibrationFilesOf(chosen)).paths, setting), setting));
    }
    const columns = ['top1', 'agree', 'db'].map((key) => spread(found.map((each) => /** @type {any} */ (each)[key])));
    console.log(`| ${setting.overlay} | ${setting.bits} | ${setting.calibrator} | ${columns.join(' | ')} |`);
  }
}

/** Every network with `calibrate_flags`: 8 of the 15 photographs calibrate, the other 7 judge. @param {string} models @param {number} count */
async function networks(models, count) {
  const photos = join(models, 'images');
  const files = readdirSync(photos)
    .filter((name) => name.startsWith('calib_'))
    .sort()
    .map((name) => join(photos, name));
  const parts = splits(files.length, count);
  console.log('| network | bits | overlay | calibrator | dB (first split) | agreement % |\n|---|---|---|---|---|---|');
  for (const { name, flags } of described(models)) {
    const network = await JudgedNetwork.open(flags, files);
    for (const setting of settings) {
      const found = [];
      for (const part of parts) {
        const entries = await network.entries(
          part.map((index) => /** @type {string} */ (files[index])),
          setting,
        );
        found.push(
          network.accuracy(
            entries,
            setting,
            [...files.keys()].filter((index) => !part.includes(index)),
          ),
        );
      }
      const agree = found[0]?.agree === null ? '' : mean(found.map((each) => each.agree ?? 0)).toFixed(0);
      const db = `${mean(found.map((each) => each.db)).toFixed(1)} (${found[0]?.db.toFixed(1)})`;
      console.log(`| ${name} | ${setting.bits} | ${setting.overlay} | ${setting.calibrator} | ${db} | ${agree} |`);
    }
  }
}

/** The networks of a folder that say how their images are read. @param {string} models */
function described(models) {
  return ['caffe', 'tensorflow'].flatMap((framework) =>
    readdirSync(join(models, framework))
      .sort()
      .flatMap((name) => {
        const folder = join(models, framework, name);
        const { calibrate_flags: flags } = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'));
        if (typeof flags !== 'string' || !new RegExp(text['only'] ?? '').test(`${framework}/${name}`)) return [];
        const model =
          framework === 'caffe'
            ? { deploy_model: join(folder, 'model.prototxt'), weights: join(folder, 'model.caffemodel') }
            : { deploy_model: join(folder, 'model.pb') };
        return [{ name: `${framework}/${name}`, flags: { framework, ...model, ...parsed(flags) } }];
      }),
  );
}

/** @param {string} flags as on the command line */
function parsed(flags) {
  const words = flags.split(' ');
  /** @type {Record<string, number | number[]>} */
  const result = {};
  for (let i = 0; i < words.length; i += 2) {
    const name = /** @type {string} */ (words[i]).slice(2);
    const numbers = /** @type {string} */ (words[i + 1]).split(',').map(Number);
    result[name] = ['raw_scale', 'input_scale'].includes(name) ? /** @type {number} */ (numbers[0]) : numbers;
  }
  return result;
}

/**
 * Ways to choose 8 of the photographs: the first 8, then shuffles by a generator of their own, the same every time.
 * @param {number} length @param {number} count
 */
function splits(length, count) {
  let state = 7;
  const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  return Array.from({ length: count }, (_, split) => {
    if (split === 0) return Array.from({ length: 8 }, (_, index) => index);
    const order = Array.from({ length }, (_, index) => index);
    for (let i = length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [/** @type {number} */ (order[j]), /** @type {number} */ (order[i])];
    }
    return order.slice(0, 8).sort((a, b) => a - b);
  });
}

/** @param {readonly number[]} list */
const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;

/** @param {readonly number[]} list */
function spread(list) {
  const middle = mean(list);
  const squares = list.reduce((sum, each) => sum + (each - middle) ** 2, 0);
  return `${middle.toFixed(2)} ± ${Math.sqrt(squares / Math.max(1, list.length - 1)).toFixed(2)}`;
}

if (positionals[0] === 'example') await example(Number(text['seeds'] ?? 5));
else if (positionals[0] === 'networks')
  await networks(
    text['models'] ?? fileURLToPath(new URL('../../shared/models', import.meta.url)),
    Number(text['splits'] ?? 4),
  );
else {
  console.error(usage);
  process.exitCode = 2;
}
