import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { XfdnnError } from '../../src/error.js';
import { writeNpy } from '../../src/formats/npy.js';
import { checkScalingFile } from '../../src/jobs/check.js';
import { forward } from '../../src/jobs/forward.js';
import { inspect } from '../../src/jobs/inspect.js';
import { quantize } from '../../src/jobs/quantize.js';
import { verify } from '../../src/jobs/verify.js';
import { interpret } from '../../src/runtime/interpret.js';
import { elements } from '../../src/tensor.js';
import { noise } from '../cli/fixtures.js';
import { scratchFolder } from '../scratch.js';
import { randomNetwork } from './random-networks.js';

const scratch = scratchFolder();

const [first, last] = (process.env['RANDOM_NETWORKS'] ?? '1-60').split('-').map(Number) as [number, number];

/** The planned run against the plain references, every value of the network. */
async function compareRuns(prototxt: string, seed: number): Promise<void> {
  const graph = loadCaffe({ prototxt, seedWeights: seed });
  const [input] = graph.inputs as [number];
  const { shape } = graph.values[input]!;
  const data = Float32Array.from(noise(elements(shape), seed), (value) => value * 100);
  const expected = interpret(graph, new Map([[input, { shape, data }]]));
  const wanted = graph.values.map(({ id }) => id).filter((id) => id !== input);
  const actual = await forward(graph, wanted, { arrays: [data] });
  for (const id of wanted) {
    const reference = expected[id]!.data;
    const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const where = `seed ${seed}, value "${graph.values[id]!.blob}" version ${graph.values[id]!.version}`;
    actual
      .get(id)!
      .data.forEach((value, i) =>
        assert.ok(
          Object.is(value, reference[i]) || Math.abs(value - reference[i]!) <= 1e-5 * largest,
          `${where}[${i}]: expected ${reference[i]}, got ${value}`,
        ),
      );
  }
}

/** Calibrates in two ways that must give the same bytes, checks the scaling file against the network, and emulates it. */
async function quantizes(prototxt: string, seed: number): Promise<void> {
  const folder = mkdtempSync(join(scratch, 'network-'));
  writeFileSync(join(folder, 'net.prototxt'), prototxt);
  const network = { deploy_model: join(folder, 'net.prototxt'), seed_weights: seed };
  const graph = loadCaffe({ prototxt, seedWeights: seed });
  const { shape } = graph.values[graph.inputs[0]!]!;
  const images = mkdtempSync(join(folder, 'images-'));
  const isImage = shape[1] === 1 || shape[1] === 3;
  const imageShape = isImage ? [shape[2]!, shape[3]!, shape[1]!] : shape.slice(1);
  for (const i of [0, 1, 2])
    writeFileSync(
      join(images, `${i}.npy`),
      writeNpy({
        shape: imageShape,
        data: Float32Array.from(noise(elements(shape), seed + i), (value) => (value + 1) / 2),
      }),
    );
  const bits = [
    [8, 8, 8],
    [16, 16, 16],
    [8, 16, 8],
  ][seed % 3]!;
  const options = {
    ...network,
    calibration_directory: images,
    calibration_indices: [0, 1, 2],
    bitwidths: bits,
    overlay: seed % 2 === 0 ? 'v2' : 'v3',
    unify_concat: seed % 5 === 0,
    include_inner_product: seed % 7 === 0,
    walk: seed % 11 === 0 ? 'reference' : 'progressive',
    calibrator: (['mse', 'reference', 'max', 'percentile:99.9'] as const)[seed % 4],
  } as const;
  await inspect(network);
  const { entries } = await quantize({ ...options, output_json: join(folder, 'a.json'), threads: 1 });
  const again = await quantize({
    ...options,
    output_json: join(folder, 'b.json'),
    threads: seed % 10 === 0 ? 2 : 1,
    memory: 0,
  });
  assert.equal(again.entries, entries);
  // The reference walk has entries for convolutions only: no file for an overlay.
  if (entries.length === 0 || options.walk === 'reference') return;
  const { faults } = await checkScalingFile({ ...network, scaling: join(folder, 'a.json'), overlay: options.overlay });
  assert.equal(
    faults.filter(({ severity }) => severity === 'fault'),
    [],
  );
  await verify({ ...network, scaling: join(folder, 'a.json'), overlay: options.overlay, images, threads: 1 });
}

for (let seed = first; seed <= last; seed++) {
  test(`random network ${seed}`, async () => {
    const prototxt = randomNetwork(seed);
    try {
      await compareRuns(prototxt, seed);
      await quantizes(prototxt, seed);
    } catch (error) {
      const overflows = error instanceof XfdnnError && error.code === 'data' && /NaN or infinity/.test(error.message);
      if (!overflows)
        throw new Error(
          `seed ${seed}: ${error instanceof Error ? `${error.message}\n${error.stack}` : String(error)}\n${prototxt}`,
        );
    }
  });
}

test.run();
