/**
 * Whether processor time is linear in a file: each reader, with the passes and the memory plan behind it, on a file of the size
 * that docs/robustness.md names and on one of half of it, in turns, the least of three times. Ends with 1 where the whole file
 * takes more than 2.3 times as long as its half.
 *   node bench/linear.js [a part of a row's name]
 */
import { inspectCaffe } from '../dist/src/caffe/index.js';
import { optimise } from '../dist/src/optimise/index.js';
import { plan } from '../dist/src/runtime/plan.js';
import { checkScaling } from '../dist/src/scaling-file/check.js';
import { readScaling } from '../dist/src/scaling-file/parse.js';
import { inspectTensorFlow } from '../dist/src/tensorflow/index.js';

/** A file of so many layers, nodes or entries. @typedef {(count: number) => Uint8Array} Make */
/** @typedef {(file: Uint8Array) => unknown} Work */
/** @typedef {import('../dist/src/graph/graph.js').Graph} Graph */

const MOST = 2.3;
const TIMES = 3;
const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);
/** @param {number} count @param {(index: number) => string} make */
const repeated = (count, make) => Array.from({ length: count }, (_, index) => make(index)).join('');

/** A Caffe network of so many times some layers. @param {(index: number) => string} layers @returns {Make} */
const caffe = (layers) => (count) =>
  encode(
    `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }\n${repeated(count, layers)}`,
  );
/** @param {string} name @param {string} type @param {string[]} bottoms @param {string[]} tops @param {string} more */
const layer = (name, type, bottoms, tops = [name], more = '') =>
  `layer { name: "${name}" type: "${type}" ${bottoms.map((bottom) => `bottom: "${bottom}"`).join(' ')} ${tops.map((top) => `top: "${top}"`).join(' ')} ${more} }\n`;
const before = (/** @type {string} */ name, /** @type {number} */ index) =>
  index === 0 ? 'data' : `${name}${index - 1}`;
const relus = caffe((index) => layer(`r${index}`, 'ReLU', [before('r', index)]));
/** 240 bytes each. */
const convolutions = caffe((index) =>
  layer(
    `convolution_${index}`,
    'Convolution',
    [before('convolution_', index)],
    [`convolution_${index}`],
    'convolution_param { num_output: 3 kernel_size: 1 stride: 1 pad: 0 weight_filler { type: "xavier" } bias_filler { type: "constant" value: 0.2 } }',
  ),
);
const longNames = caffe((index) =>
  layer('n'.repeat(200) + index, 'ReLU', [index === 0 ? 'data' : 'n'.repeat(200) + (index - 1)]),
);
const inPlace = caffe((index) => layer(`r${index}`, 'ReLU', ['data'], ['data']));
const readers = caffe((index) => layer(`r${index}`, 'ReLU', ['data']));
const splits = caffe(
  (index) =>
    layer(`s${index}`, 'Split', [before('e', index)], [`a${index}`, `b${index}`]) +
    layer(`e${index}`, 'Eltwise', [`a${index}`, `b${index}`]),
);

const FLOAT = 'attr { key: "T" value { type: DT_FLOAT } }';
const PLACEHOLDER = `node { name: "data" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { dim { size: 1 } dim { size: 8 } dim { size: 8 } dim { size: 3 } } } } }\n`;
/** @param {number} count @param {number} control */
const nodes = (count, control) =>
  encode(
    PLACEHOLDER +
      repeated(
        count,
        (index) =>
          `node { name: "r${index}" op: "Relu" input: "${before('r', index)}" ${repeated(Math.min(index, control), (k) => `input: "^r${index - 1 - k}" `)}${FLOAT} }\n`,
      ),
  );

const entry = (/** @type {number} */ index) =>
  `{"name": "e${index}", "bw_layer_in": 8, "bw_layer_out": 8, "bw_params": 8, "th_layer_in": 1, "th_layer_out": 1, "th_params": [${'0.5, '.repeat(40)}0.5], "sf_layer_in": 1, "sf_layer_out": 1, "sf_params": [1], "prescale_shift": [1], "scale": [1], "postscale_shift": [1]}`;
/** @type {Make} */
const scaling = (count) =>
  encode(`{"network": [${Array.from({ length: count }, (_, index) => entry(index)).join(', ')}]}`);

const planned = (/** @type {{ graph: Graph }} */ { graph }) => plan(optimise(graph).graph);
/** @type {Work} */
const prototxt = (file) => planned(inspectCaffe({ prototxt: file, prototxtName: 'net.prototxt', shapesOnly: true }));
/** @type {Work} */
const graphDef = (file) => planned(inspectTensorFlow({ bytes: file, fileName: 'net.pbtxt' }));
const read = (/** @type {Uint8Array} */ file) => readScaling(new TextDecoder().decode(file), 'net.json');

/** Of each row: the size, the file of a size, and what reads it. @type {Record<string, [number, Make, Work]>} */
const ROWS = {
  '10 MB of prototxt': [42_000, convolutions, prototxt],
  '100,000 layers': [100_000, relus, prototxt],
  '20,000 layers with names of 200 equal characters': [20_000, longNames, prototxt],
  '40,000 layers in place': [40_000, inPlace, prototxt],
  '20,000 readers of one blob': [20_000, readers, prototxt],
  '20,000 Splits that Eltwises join': [20_000, splits, prototxt],
  '100,000 nodes of a GraphDef': [100_000, (count) => nodes(count, 0), graphDef],
  '20,000 nodes with 20 control inputs': [20_000, (count) => nodes(count, 20), graphDef],
  '50 MB of scaling JSON': [110_000, scaling, read],
  '24,000 entries with faults': [24_000, scaling, (file) => checkScaling(read(file).entries)],
};

/** Seconds of processor time. @param {Work} work @param {Uint8Array} file */
function seconds(work, file) {
  const begin = process.cpuUsage();
  work(file);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

const wanted = process.argv[2] ?? '';
for (const [name, [size, make, work]] of Object.entries(ROWS)) {
  if (!name.includes(wanted)) continue;
  const files = [make(size / 2), make(size)];
  seconds(work, make(size / 10));
  const times = Array.from({ length: TIMES }, () => files.map((file) => seconds(work, file)));
  const [half, whole] = [0, 1].map((index) => Math.min(...times.map((pair) => pair[index])));
  const ratio = whole / half;
  console.log(`| ${name} | ${half.toFixed(2)} s | ${whole.toFixed(2)} s | ${ratio.toFixed(1)} |`);
  if (ratio > MOST) process.exitCode = 1;
}
