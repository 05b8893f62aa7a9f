import { readFileSync } from 'node:fs';
import { Emulator } from '../../dist/src/emulator/emulator.js';
import { unquantizeTensorArray } from '../../dist/src/fixed/index.js';
import { producers } from '../../dist/src/graph/graph.js';
import { loadCalibrationImage } from '../../dist/src/images/index.js';
import { calibrate } from '../../dist/src/jobs/calibrate.js';
import { preprocessingOf } from '../../dist/src/jobs/calibration-flags.js';
import { loadNetwork } from '../../dist/src/jobs/network.js';
import { scaleLayers } from '../../dist/src/jobs/scale.js';
import { createEngine } from '../../dist/src/kernels/engine.js';
import { optimise } from '../../dist/src/optimise/index.js';
import { Runner } from '../../dist/src/runtime/runner.js';

/** @typedef {import('../../dist/src/graph/graph.js').Graph} Graph */
/** @typedef {import('../../dist/src/graph/graph.js').ValueId} ValueId */
/** @typedef {import('../../dist/src/tensor.js').Tensor<Float32Array>} FloatTensor */
/** The flags that say how a network is read. @typedef {Record<string, any>} Flags */
/** @typedef {{ calibrator: 'mse' | 'reference' | 'search' | 'max', overlay: 'v2' | 'v3', bits: 8 | 16 }} Setting */
/**
 * `db`: 10 log10 of the float outputs' power by that of the difference, before a last Softmax or Sigmoid, of the worst output.
 * `agree`: percent of the images that keep float's best class; null where no output is a vector. `top1`: percent; null without labels.
 * @typedef {{ db: number, agree: number | null, top1: number | null }} Accuracy
 */

/** A network with the float results of the images that it is judged on. */
export class JudgedNetwork {
  /** @param {Flags} flags @param {readonly string[]} paths of the images @param {readonly number[]} [labels] of the images */
  static async open(flags, paths, labels) {
    const { dims, raw_scale, mean_value, input_scale, channel_swap, ...files } = flags;
    const network = await loadNetwork(/** @type {any} */ ({ ...files, ...(dims && { dims }) }));
    const { graph } = optimise(network.graph);
    const preprocessing = preprocessingOf(
      /** @type {any} */ (
        withoutUndefined({
          rawScale: raw_scale,
          meanValue: mean_value,
          inputScale: input_scale,
          channelSwap: channel_swap,
        })
      ),
      graph,
      network.framework,
    );
    const logits = graph.outputs.map((id) => logitOf(graph, id));
    const engine = await createEngine();
    const watched = { ...graph, outputs: [...new Set([...graph.outputs, ...logits])] };
    const runner = new Runner(engine, watched);
    const images = [];
    for (const path of paths) {
      const { data } = await loadCalibrationImage(path, preprocessing);
      images.push({ data, float: new Map(runner.run([data])) });
    }
    runner.free();
    return new JudgedNetwork({ graph, watched, logits, preprocessing, engine, images, labels });
  }

  /**
   * @param {{
   *   graph: Graph, watched: Graph, logits: readonly ValueId[], preprocessing: any, engine: any, labels: readonly number[] | undefined,
   *   images: readonly { data: Float32Array, float: Map<ValueId, FloatTensor> }[],
   * }} parts `watched`: the graph with the logits as outputs too
   */
  constructor({ graph, watched, logits, preprocessing, engine, images, labels }) {
    this.graph = graph;
    this.watched = watched;
    this.logits = logits;
    this.preprocessing = preprocessing;
    this.engine = engine;
    this.images = images;
    this.labels = labels;
  }

  /** Calibrates on files; the entries of the scaling file. @param {readonly string[]} paths @param {Setting} setting */
  async entries(paths, { calibrator, overlay, bits }) {
    const source = { paths, preprocessing: this.preprocessing };
    const widths = { input: bits, params: bits, output: bits };
    const layers = await calibrate(this.graph, source, { threads: 1, widths, calibrator, overlay });
    return scaleLayers(layers, { overlay, ...(calibrator === 'reference' ? { multipliers: 'natural' } : {}) });
  }

  /**
   * The accuracy of a scaling file's entries on the images, or on some of them.
   * @param {Awaited<ReturnType<JudgedNetwork['entries']>>} entries @param {Setting} setting
   * @param {readonly number[]} [judges] @returns {Accuracy}
   */
  accuracy(entries, { overlay }, judges = this.images.map((_, index) => index)) {
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    const emulator = new Emulator(this.engine, this.watched, byName, overlay);
    const power = new Map(this.logits.map((id) => [id, { signal: 0, noise: 0 }]));
    const vector = this.graph.outputs.find((id) => isVector(this.graph.values[id]?.shape ?? []));
    let [agreed, right] = [0, 0];
    for (const index of judges) {
      const { data, float } = /** @type {JudgedNetwork['images'][number]} */ (this.images[index]);
      emulator.run([data], new Set(this.watched.outputs), (id, value) => {
        const expected = /** @type {FloatTensor} */ (float.get(id)).data;
        const found = valuesOf(value);
        const sums = power.get(id);
        for (let k = 0; sums !== undefined && k < expected.length; k++) {
          sums.signal += expected[k] ** 2;
          sums.noise += (expected[k] - found[k]) ** 2;
        }
        if (id !== vector) return;
        if (best(expected) === best(found)) agreed++;
        if (best(found) === this.labels?.[index]) right++;
      });
    }
    emulator.free();
    const decibels = [...power.values()].map(({ signal, noise }) => 10 * Math.log10(signal / noise));
    const percent = (/** @type {number} */ count) => (100 * count) / judges.length;
    return {
      db: Math.min(...decibels),
      agree: vector === undefined ? null : percent(agreed),
      top1: vector === undefined || this.labels === undefined ? null : percent(right),
    };
  }
}

/** The input of a last Softmax or Sigmoid, also behind layers that only move elements. @param {Graph} graph @param {ValueId} id @returns {ValueId} */
function logitOf(graph, id) {
  const node = graph.nodes[producers(graph)[id] ?? -1];
  if (node === undefined || !/softmax|sigmoid|reshape|flatten|squeeze/i.test(node.op)) return id;
  const from = node.inputs[0] ?? id;
  return /softmax|sigmoid/i.test(node.op) ? from : logitOf(graph, from) === from ? id : logitOf(graph, from);
}

/** @param {readonly number[]} shape */
function isVector(shape) {
  const count = shape.reduce((product, size) => product * size, 1);
  return count > 1 && shape.includes(count);
}

/** @param {import('../../dist/src/emulator/emulator.js').EmulatedValue} value @returns {ArrayLike<number>} */
function valuesOf({ placement, tensor }) {
  if (placement.kind === 'float') return tensor.data;
  return unquantizeTensorArray(placement.grid.threshold, placement.grid.bits, tensor.data);
}

/** @param {ArrayLike<number>} scores */
function best(scores) {
  let index = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[index]) index = i;
  return index;
}

/** @param {Record<string, unknown>} object */
const withoutUndefined = (object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** @param {string} path of lines `file label` */
export const readLabels = (path) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ')[1]));
