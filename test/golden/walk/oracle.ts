/** What the plain implementation of test/oracle gives for a case, from the files that are recorded beside it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCaffe } from '../../../src/caffe/index.js';
import type { Graph } from '../../../src/graph/graph.js';
import { loadCalibrationImage } from '../../../src/images/index.js';
import { preprocessingOf } from '../../../src/jobs/calibration-flags.js';
import { readNetwork } from '../../oracle/network.js';
import { runOnOverlay } from '../../oracle/overlay.js';
import { entriesOf, walk } from '../../oracle/walk.js';
import { root } from '../../support.js';
import { channelsLast } from '../../tensorflow/same-as-caffe.js';
import type { WalkCase } from './networks.js';

/** The names of the images of each case. */
export const images = ['0.npy', '1.npy', '2.npy'] as const;

/** The folder of a case. */
export const folderOf = ({ name }: WalkCase): string => join(root, 'test/golden/walk', name);

/** The recorded results of a case, as JSON: a scaling file, and codes of the first image by layer. */
export interface Recorded {
  readonly 'expected.json': string;
  readonly 'overlay.json': string;
}

/** Calculates the results of a case from its prototxt, caffemodel and images. */
export async function calculate(each: WalkCase): Promise<Recorded> {
  const folder = folderOf(each);
  const prototxt = readFileSync(join(folder, 'net.prototxt'), 'utf8');
  const graph = loadCaffe({ prototxt, weights: readFileSync(join(folder, 'net.caffemodel')) });
  const preprocessing = preprocessingOf({}, graph, 'caffe');
  const batch = await Promise.all(
    images.map(async (name) => (await loadCalibrationImage(join(folder, 'images', name), preprocessing)).data),
  );
  const { overlay = 'v2', bitwidths, power_of_two, unify_concat, include_inner_product } = each.flags;
  const [input, params, output] = bitwidths as [number, number, number];
  const network = readNetwork(graph);
  const options = { input, params, output, powerOfTwo: power_of_two ?? false, unifyConcat: unify_concat ?? false };
  const entries = entriesOf(walk(network, batch, options), overlay, include_inner_product ?? false);
  const values = runOnOverlay(network, batch[0]!, entries, overlay);
  const codes = each.layers.map((layer) => {
    const id = graph.names[layer]!;
    const value = values.get(id)!;
    if (!('codes' in value)) throw new Error(`${each.name}: expected codes at "${layer}", got floats.`);
    return [layer, { bits: value.bw, codes: inLayout(value.codes, graph, id, each) }] as const;
  });
  return { 'expected.json': lines(entries, 'network'), 'overlay.json': lines(Object.fromEntries(codes)) };
}

/** Codes in the order of the case's framework. */
function inLayout(codes: readonly number[], graph: Graph, id: number, { isTensorFlow }: WalkCase): readonly number[] {
  const { shape } = graph.values[id]!;
  return isTensorFlow === true && shape.length === 4 ? [...channelsLast(codes, shape)] : codes;
}

/** JSON with a line for each member of a list or an object. */
function lines(value: object, name?: string): string {
  const members = Array.isArray(value)
    ? value.map((member) => JSON.stringify(member))
    : Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${JSON.stringify(member)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const text = `${open}\n${members.join(',\n')}\n${close}`;
  return name === undefined ? `${text}\n` : `{ ${JSON.stringify(name)}: ${text} }\n`;
}
