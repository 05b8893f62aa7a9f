import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../../src/caffe/index.js';
import type { Graph } from '../../../src/graph/graph.js';
import { calibrate } from '../../../src/jobs/calibrate.js';
import { preprocessingOf } from '../../../src/jobs/calibration-flags.js';
import { quantize } from '../../../src/jobs/quantize.js';
import { scaleLayers } from '../../../src/jobs/scale.js';
import { verifyEntries } from '../../../src/jobs/verify.js';
import { optimise } from '../../../src/optimise/index.js';
import type { OverlayName } from '../../../src/scaling/index.js';
import type { Verdict } from '../../../src/verification/verdict/verdict.js';
import { smallNetwork } from '../../cli/fixtures.js';
import { root, shared, testShared } from '../../support.js';

const folder = join(root, 'examples/cifar10');
const read = (name: string): Uint8Array => readFileSync(join(folder, name));
const network = loadCaffe({ prototxt: read('deploy.prototxt'), weights: read('model.caffemodel') });
const paths = readdirSync(join(folder, 'calibration'))
  .sort()
  .slice(0, 32)
  .map((name) => join(folder, 'calibration', name));
const preprocessing = preprocessingOf({}, network, 'caffe');
const widths = { input: 8, params: 8, output: 8 } as const;

/** The network with the weights of one channel of a layer multiplied. */
function withChannel(graph: Graph, layer: string, channel: number, factor: number): Graph {
  const nodes = graph.nodes.map((node) => {
    const [weights, ...others] = node.params;
    if (node.name !== layer || weights === undefined) return node;
    const size = weights.data.length / (weights.shape[0] ?? 1);
    const isIn = (index: number): boolean => Math.floor(index / size) === channel;
    const data = weights.data.map((value, index) => (isIn(index) ? factor * value : value));
    return { ...node, params: [{ ...weights, data }, ...others] };
  });
  return { ...graph, nodes };
}

/** The verdict of a network that is calibrated on 24 images and verified on 8 others. */
async function verdictOf(broken: Graph, overlay: OverlayName): Promise<Verdict> {
  const { graph } = optimise(broken);
  const source = { paths: paths.slice(0, 24), preprocessing };
  const layers = await calibrate(graph, source, { widths, overlay, threads: 1 });
  const entries = scaleLayers(layers, { overlay });
  const others = { paths: paths.slice(24), preprocessing };
  return (await verifyEntries(graph, entries, others, { overlay, threads: 1 })).verdict;
}

test('the whole network is good and has no cliff', async () => {
  for (const overlay of ['v2', 'v3'] as const) {
    const { grade, cliff, next } = await verdictOf(network, overlay);
    assert.equal([grade, cliff, next], ['good', null, []]);
  }
});

const places: readonly (readonly [layer: string, channel: number, overlay: OverlayName])[] = [
  ['conv2', 5, 'v2'],
  ['inc/double3x3_a', 5, 'v2'],
  ['inc/3x3', 5, 'v3'],
  ['res3/pw', 5, 'v3'],
];

for (const [layer, channel, overlay] of places)
  test(`one channel of ${layer} times 50 on ${overlay} is the first cliff`, async () => {
    const { cliff, causes, next } = await verdictOf(withChannel(network, layer, channel, 50), overlay);
    assert.equal([cliff?.layer, cliff?.channel], [layer, channel]);
    assert.ok(causes.some(({ kind, amount }) => kind === 'coarse grid' && amount > 4));
    assert.ok(next.includes('--bitwidths 16,16,16'));
  });

test('of three channels times 50 the first is the first cliff', async () => {
  const broken = places
    .slice(0, 3)
    .reduce((graph, [layer, channel]) => withChannel(graph, layer, channel, 50), network);
  const { cliff } = await verdictOf(broken, 'v2');
  assert.equal([cliff?.layer, cliff?.channel], ['conv2', 5]);
});

test('an early layer that falls a little is no cliff where a later one loses everything', async () => {
  const dip = withChannel(network, 'conv2', 5, 20);
  assert.is((await verdictOf(dip, 'v2')).cliff?.layer, 'conv2', 'by itself it is one');
  const { grade, cliff, causes } = await verdictOf(withChannel(dip, 'res3/pw', 5, 3000), 'v2');
  assert.equal([grade, cliff?.layer, cliff?.channel], ['broken', 'res3/pw', 5]);
  assert.ok((cliff?.sqnr ?? Infinity) < 4);
  assert.ok(causes.some(({ kind }) => kind === 'coarse grid'));
});

testShared('a small MobileNet on overlay v2 at 8 bits is called broken', async () => {
  const images = join(shared, 'models/images');
  const names = readdirSync(images).sort();
  const calibration = names.flatMap((name, index) => (name.startsWith('calib_') ? [index] : [])).slice(0, 8);
  const { verdict } = await quantize({
    deploy_model: join(shared, 'models/tensorflow/mobilenet-v1-025-224/model.pb'),
    raw_scale: 2,
    mean_value: [1, 1, 1],
    channel_swap: [0, 1, 2],
    dims: [3, 224, 224],
    calibration_directory: images,
    calibration_indices: calibration,
    output_json: join(smallNetwork(), 'q.json'),
    threads: 1,
  });
  assert.ok(verdict !== undefined);
  assert.is(verdict.grade, 'broken');
  assert.ok(verdict.cliff !== null && verdict.causes.length > 0);
  assert.ok(verdict.next.includes('--bitwidths 16,16,16'));
});

test.run();
