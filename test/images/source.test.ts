import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedSource } from '../../src/images/index.js';
import {
  calibrate,
  type EncodedImage,
  entriesSensitivity,
  forward,
  type ImageSource,
  openLive,
  optimise,
  preprocessingOf,
  scale,
  verifyEntries,
} from '../../src/index.js';
import { loadNetwork } from '../../src/jobs/network.js';
import { root } from '../support.js';

const example = join(root, 'examples/cifar10');
const network = await loadNetwork({
  deploy_model: join(example, 'deploy.prototxt'),
  weights: join(example, 'model.caffemodel'),
});
const { graph } = optimise(network.graph);
const names = readdirSync(join(example, 'calibration')).sort().slice(0, 6);
const preprocessing = preprocessingOf({}, network.graph, 'caffe');
const bytes = names.map((name) => readFileSync(join(example, 'calibration', name)));
const sources: Readonly<Record<string, ImageSource>> = {
  files: { paths: names.map((name) => join(example, 'calibration', name)), preprocessing },
  bytes: { images: names.map((name, i) => ({ name, bytes: bytes[i]! })), preprocessing },
  blobs: { images: names.map((name, i) => ({ name, bytes: new Blob([bytes[i]!]) })), preprocessing },
};
const widths = { input: 8, params: 8, output: 8 } as const;

/** What every function that takes images makes of a source. */
async function results(source: ImageSource, threads: number): Promise<unknown[]> {
  const layers = await calibrate(graph, source, { widths, threads });
  const entries = scale(layers);
  const live = await openLive(graph, entries, source, { threads });
  const state = live.state();
  await live.close();
  return [
    layers,
    await verifyEntries(graph, entries, source, { threads }),
    await forward(graph, graph.outputs, source),
    (await entriesSensitivity(graph, entries, source, { threads })).layers,
    state,
  ];
}

const expected = await results(sources['files']!, 1);
for (const [name, source] of Object.entries(sources)) {
  for (const threads of [1, 2]) {
    test(`images as ${name}, ${threads} threads: the results of the files`, async () => {
      assert.equal(await results(source, threads), expected);
    });
  }
}

test('an image that cannot be decoded is named, wherever it is decoded', async () => {
  const broken: EncodedImage = { name: 'cat.png', bytes: new Blob([bytes[0]!.subarray(0, 90)]) };
  for (const threads of [1, 2]) {
    const images = [{ name: names[0]!, bytes: bytes[0]! }, broken, broken];
    const message = await calibrate(graph, { images, preprocessing }, { widths, threads }).then(
      () => 'no error',
      (error: Error) => error.message,
    );
    assert.match(message, /cat\.png/);
  }
});

test('several threads share what they read: Blobs and shared memory', async () => {
  const shared = sharedSource({ inputs: [sources['bytes']!, { arrays: [Float32Array.of(1, 2)] }, sources['files']!] });
  assert.ok('inputs' in shared);
  const [files, arrays, paths] = shared.inputs;
  assert.ok(files !== undefined && 'images' in files && arrays !== undefined && 'arrays' in arrays);
  for (const [i, { bytes: content }] of files.images.entries()) {
    assert.instance(content, Blob);
    assert.equal(Buffer.from(await (content as Blob).arrayBuffer()), bytes[i]);
  }
  assert.equal(Array.from(arrays.arrays[0]!), [1, 2]);
  assert.instance(arrays.arrays[0]!.buffer, SharedArrayBuffer);
  assert.is(paths, sources['files']);
});

test('images are counted as they are read', async () => {
  for (const threads of [1, 2]) {
    const seen: number[] = [];
    const images = (done: number, total: number): void => {
      assert.is(total, names.length);
      seen.push(done);
    };
    await calibrate(graph, sources['blobs']!, { widths, threads }, { images });
    assert.equal(
      seen,
      names.map((_, i) => i + 1),
    );
  }
});

test.run();
