import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { preprocessingOf } from '../../src/jobs/calibration-flags.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { entriesSensitivity } from '../../src/jobs/sensitivity.js';
import { canCount, proposeWidths } from '../../src/jobs/target-agreement.js';
import { verifyEntries } from '../../src/jobs/verify.js';
import { graphFor, openTaskPool } from '../../src/jobs/worker-tasks.js';
import { optimise } from '../../src/optimise/index.js';
import { root } from '../support.js';

test('images can count a target that allows one of them to change its class', () => {
  assert.equal(
    [canCount(0.99, 100), canCount(0.99, 99), canCount(0.9, 10), canCount(1, 1000)],
    [true, false, true, false],
  );
});

const example = join(root, 'examples', 'cifar10');
const pictures = (folder: string, count: number): string[] =>
  readdirSync(join(example, folder))
    .sort()
    .slice(0, count)
    .map((name) => join(example, folder, name));

/** Channel 11 of conv1 is 50 times as large behind its batch norm, and what reads it in conv2 50 times as small. */
const factors: Readonly<Record<string, (index: number, shape: readonly number[]) => number>> = {
  'conv1/scale': (index) => (index === 11 ? 50 : 1),
  conv2: (index, [, channels = 1, rows = 1, columns = 1]) =>
    Math.floor(index / (rows * columns)) % channels === 11 ? 1 / 50 : 1,
};

test('what is proposed is what a calibration with it measures: the reader of a large channel alone', async () => {
  const file = (name: string): Uint8Array => readFileSync(join(example, name));
  const imported = loadCaffe({ prototxt: file('deploy.prototxt'), weights: file('model.caffemodel') });
  const nodes = imported.nodes.map((node) => {
    const [weights, ...others] = node.params;
    const factor = factors[node.name];
    if (factor === undefined || weights === undefined) return node;
    const data = weights.data.map((value, i) => value * factor(i, weights.shape));
    return { ...node, params: [{ ...weights, data }, ...others] };
  });
  const { graph } = optimise({ ...imported, nodes });
  const preprocessing = preprocessingOf({}, graph, 'caffe');
  const calibration = { paths: pictures('calibration', 16), preprocessing };
  const images = { paths: pictures('test', 20), preprocessing };
  const options = { widths: { input: 8, params: 8, output: 8 }, overlay: 'v2' } as const;
  const entries = scaleLayers(await calibrate(graph, calibration, { ...options, threads: 1 }), options);
  const ranked = await entriesSensitivity(graph, entries, images, { overlay: 'v2', threads: 1 });
  assert.ok((ranked.deployed.agreement ?? 1) < 0.95, `agreement ${ranked.deployed.agreement}`);
  const agreementWith = async (names: readonly string[]): Promise<number> => {
    const layerBits = Object.fromEntries(names.map((name) => [name, 16]));
    const layers = await calibrate(graph, calibration, { ...options, layerBits, threads: 1 });
    const verified = await verifyEntries(graph, scaleLayers(layers, options), images, { overlay: 'v2', threads: 1 });
    return verified.agreement?.top1 ?? 0;
  };
  const pool = await openTaskPool({ threads: 1 }, 1);
  try {
    const search = { target: 0.95, calibration, options, images };
    const proposal = await proposeWidths(pool, graphFor(pool, graph), ranked, search);
    assert.ok(proposal.reached && proposal.layers.length > 0);
    assert.is(await agreementWith(proposal.layers), proposal.agreement);
    assert.ok((proposal.agreement ?? 0) >= 0.95);
    assert.equal(proposal.layers, ['conv2']);
  } finally {
    await pool.close();
  }
});

test.run();
