/**
 * How processor time grows with a file: each reader on a file of the size that docs/robustness.md names and on one of half of it.
 * Ends with 1 where twice the file takes more than 2.6 times the time.
 *   node bench/growth.js
 */
import { inspectCaffe } from '../dist/src/caffe/index.js';
import { checkScaling } from '../dist/src/scaling-file/check.js';
import { readScaling } from '../dist/src/scaling-file/parse.js';

const MOST = 2.6;
const MEGABYTE = 2 ** 20;
const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);
const input =
  'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }\n';
const relu = (/** @type {number} */ index) =>
  `layer { name: "r${index}" type: "ReLU" bottom: "${index === 0 ? 'data' : `r${index - 1}`}" top: "r${index}" }\n`;
const chain = (/** @type {number} */ count) =>
  encode(input + Array.from({ length: count }, (_, index) => relu(index)).join(''));
const comments = (/** @type {number} */ bytes) => encode(input + relu(0) + `# ${'x'.repeat(97)}\n`.repeat(bytes / 100));
const entry = (/** @type {number} */ index) =>
  `{"name": "e${index}", "bw_layer_in": 8, "bw_layer_out": 8, "bw_params": 8, "th_layer_in": 1, "th_layer_out": 1, "th_params": [${'0.5, '.repeat(40)}0.5], "sf_layer_in": 1, "sf_layer_out": 1, "sf_params": [1], "prescale_shift": [1], "scale": [1], "postscale_shift": [1]}`;
const scaling = (/** @type {number} */ count) =>
  `{"network": [${Array.from({ length: count }, (_, index) => entry(index)).join(', ')}]}`;
const inspect = (/** @type {any} */ prototxt) =>
  inspectCaffe({ prototxt, prototxtName: 'net.prototxt', shapesOnly: true });

/**
 * Of each row: the file of a size, and what reads it.
 * @type {Readonly<Record<string, [size: number, make: (size: number) => any, read: (file: any) => unknown]>>}
 */
const ROWS = {
  '10 MB of prototxt': [10 * MEGABYTE, comments, inspect],
  '100,000 layers': [100_000, chain, inspect],
  '50 MB of scaling JSON': [110_000, scaling, (text) => readScaling(text, 'net.json')],
  '24,000 entries with faults': [24_000, scaling, (text) => checkScaling(readScaling(text, 'net.json').entries)],
};

/** Seconds of processor time. @template T @param {(file: T) => unknown} work @param {T} file */
function seconds(work, file) {
  const begin = process.cpuUsage();
  work(file);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

for (const [name, [size, make, work]] of Object.entries(ROWS)) {
  seconds(work, make(size / 10));
  const half = seconds(work, make(size / 2));
  const whole = seconds(work, make(size));
  const ratio = whole / half;
  console.log(`${name}: ${half.toFixed(2)} s for half, ${whole.toFixed(2)} s: ${ratio.toFixed(2)} times`);
  if (ratio > MOST) process.exitCode = 1;
}
