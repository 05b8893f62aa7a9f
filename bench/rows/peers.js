import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { commandRace, ourJob } from '../command.js';
import { valueName, writeOnnx } from '../formats/onnx.js';
import { buildGraph, networks } from '../networks/index.js';
import { peersPython, staticQuantization } from '../peers/python.js';
import { layOutPhotos } from '../photos.js';
import { drawBars } from '../plots.js';
import { openScratch } from '../scratch.js';
import { compared, cpuRatio, megabytes, missing } from '../table.js';
import { layOutNetwork } from './calibration.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */
/** @typedef {import('../race.js').Times} Times */

const IMAGES = 32;
const NETWORKS = ['googlenet', 'mobilenet'];
/** How onnxruntime finds ranges of activations, and the share of its time that is asked for, and wanted. */
const METHODS = {
  MinMax: { asked: 0.75, wanted: 0.5 },
  Entropy: { asked: 0.4, wanted: 0.25 },
  Percentile: null,
};
/** The share of Entropy's memory. */
const PEAK = { asked: 0.2, wanted: 0.15 };
const CALIBRATORS = ['mse', 'reference'];

/**
 * The whole job of `quantize` against the whole job of onnxruntime's `quantize_static`: new processes in turn, JPEG files and a
 * network to a file, each with as many threads as it takes by itself.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* peerRows({ only, networks: names, runs, record }, progress) {
  if (!only.has('peers')) return;
  const threads = os.availableParallelism();
  let python = '';
  try {
    python = peersPython(progress);
  } catch (error) {
    const absent = { title: 'onnxruntime quantize_static', reason: /** @type {Error} */ (error).message };
    yield missing('the whole job', threads, absent);
    return;
  }
  /** @type {Map<string, Times[]>} */
  const bars = new Map();
  for (const network of NETWORKS.filter((name) => names.includes(name))) {
    progress(`${network} against onnxruntime quantize_static`);
    const times = await raceOf(network, python, Math.min(runs, 5));
    bars.set(networks[network].title, times);
    yield* rowsOf(networks[network].title, threads, times);
  }
  if (record) drawBars('peers', `The whole job, ${IMAGES} photographs, ${threads} threads`, bars);
}

/** Ours by {@link CALIBRATORS}, then theirs by {@link METHODS}. @param {string} network @param {string} python @param {number} runs */
async function raceOf(network, python, runs) {
  const scratch = openScratch();
  try {
    const file = (/** @type {string} */ name) => join(scratch.folder, name);
    const [photos, model] = [file('photos'), file('model.onnx')];
    mkdirSync(photos);
    layOutPhotos(photos, IMAGES);
    const graph = buildGraph(network);
    expectInput(graph.inputs[0]);
    writeFileSync(model, writeOnnx(graph));
    const job = { ...layOutNetwork(scratch.folder, network), calibration_directory: photos, calibration_size: IMAGES };
    const ours = CALIBRATORS.map((calibrator) =>
      ourJob(calibrator, 'quantize', { ...job, calibrator, no_quick_look: true, output_json: file('scaling.json') }),
    );
    const theirs = Object.keys(METHODS).map((method) =>
      staticQuantization(python, { method, model, photos, output: file('quantized.onnx') }),
    );
    return await commandRace([...ours, ...theirs], runs);
  } finally {
    scratch.close();
  }
}

/** The peer's script knows the input by this name. @param {number | undefined} id */
function expectInput(id) {
  if (id === undefined || valueName(id) !== 'v0') throw new Error(`peers: expected the input v0, got value ${id}.`);
}

/** @param {string} network @param {number} threads @param {readonly Times[]} times @returns {Generator<Row>} */
function* rowsOf(network, threads, times) {
  const [ours, theirs] = [times.slice(0, CALIBRATORS.length), times.slice(CALIBRATORS.length)];
  for (const own of ours) {
    const what = `the whole job, ${network}, ${IMAGES} photographs, \`${own.title}\``;
    for (const [index, limits] of Object.values(METHODS).entries()) {
      const peer = theirs[index];
      yield compared({ what, threads, ours: own, theirs: peer, limits, note: cpuRatio(own, peer) });
      if (peer.title.endsWith('Entropy')) yield peakRow(`${what}: peak memory`, threads, own, peer);
    }
  }
}

/** @param {string} what @param {number} threads @param {Times} ours @param {Times} theirs @returns {Row} */
function peakRow(what, threads, ours, theirs) {
  const ratio = ours.peakBytes / theirs.peakBytes;
  return {
    what,
    threads,
    against: theirs.title,
    ours: megabytes(ours.peakBytes),
    theirs: megabytes(theirs.peakBytes),
    ratios: [ratio, ratio],
    limits: PEAK,
    note: '',
  };
}
