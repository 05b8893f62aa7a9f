import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import type { Graph } from '../../src/graph/graph.js';
import type { PreprocessingOptions } from '../../src/images/index.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { preprocessingOf } from '../../src/jobs/calibration-flags.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { entriesSensitivity, type SensitivityResult, sensitivity } from '../../src/jobs/sensitivity.js';
import { optimise } from '../../src/optimise/index.js';
import { sha256 } from '../../src/platform/index.js';
import type { OverlayName } from '../../src/scaling/index.js';
import { quantizedNetwork } from '../cli/quantized.js';
import { root, shared, testShared } from '../support.js';

const { path } = quantizedNetwork();
const flags = {
  deploy_model: path('net.prototxt'),
  weights: path('net.caffemodel'),
  scaling: path('q.json'),
  images: path('images'),
};
const output = path('state.json');

test('neither threads nor an interruption change the ranking', async () => {
  const whole = await sensitivity({ ...flags, output, threads: 1 });
  assert.equal(whole.images, 4);
  assert.equal(whole.layers.map(({ name }) => name).sort(), ['conv1', 'conv2', 'data']);
  const written = readFileSync(output, 'utf8');
  const state = JSON.parse(written);
  const steps: number[] = [];
  for (const image of [1, 3]) state.measured[image].layers[1] = null;
  state.measured[2].layers.fill(null);
  state.measured[2].base = null;
  state.result = null;
  state.digest = await sha256(new TextEncoder().encode(JSON.stringify(state.measured)));
  writeFileSync(output, JSON.stringify(state));
  const resumed = await sensitivity({ ...flags, output, threads: 2 }, { progress: (done) => steps.push(done) });
  assert.equal(resumed, whole);
  assert.equal(steps, [8, 9, 10, 11, 12], 'only what is missing runs');
  assert.is(readFileSync(output, 'utf8'), written);
  const again: number[] = [];
  assert.equal(await sensitivity({ ...flags, output }, { progress: (done) => again.push(done) }), whole);
  assert.equal(again, []);
  assert.equal(await sensitivity({ ...flags, threads: 1 }), whole);
});

test('a file of another run, and any other file, is refused and stays', async () => {
  await sensitivity({ ...flags, output, threads: 1 });
  const message = (others: Partial<Parameters<typeof sensitivity>[0]>): Promise<string> =>
    sensitivity({ ...flags, output, threads: 1, ...others }).then(
      () => '',
      (error: Error) => error.message,
    );
  const before = readFileSync(output, 'utf8');
  assert.match(
    await message({ image_count: 3 }),
    /--output: expected no file, .* got one of a run with another set of images/,
  );
  assert.match(await message({ raw_scale: 1 }), /another set of images or preprocessing/);
  assert.match(await message({ overlay: 'v3' }), /is a file for overlay v2, got v3/);
  const scaling = path('other.json');
  writeFileSync(
    scaling,
    readFileSync(flags.scaling, 'utf8').replace(/"th_layer_out": ([\d.]+)/, '"th_layer_out": 1$1'),
  );
  assert.match(await message({ scaling }), /another scaling file/);
  assert.is(readFileSync(output, 'utf8'), before);
  const { measured, ...others } = JSON.parse(before);
  for (const damaged of [[null], [measured[0]], [{ base: null }]]) {
    writeFileSync(output, JSON.stringify({ ...others, measured: damaged }));
    assert.match(await message({}), /got one that was changed\. Remove the file/);
  }
  for (const text of ['{}', 'some notes', JSON.stringify({ ...others, inputs: 1, measured })]) {
    writeFileSync(output, text);
    assert.match(
      await message({}),
      /got another file, or one that was cut short\. Remove the file, or pass another path\./,
    );
    assert.is(readFileSync(output, 'utf8'), text);
  }
  rmSync(output);
  assert.match(await message({ output: flags.scaling }), /^--output: expected a file of its own/);
  assert.match(await message({ calibration_directory: path('images') }), /expected --target_agreement beside it/);
  assert.match(
    await message({ target_agreement: 0.9 }),
    /^--calibration_directory: expected a folder of images, got none/,
  );
});

const example = join(root, 'examples', 'cifar10');
const network = loadCaffe({
  prototxt: readFileSync(join(example, 'deploy.prototxt')),
  weights: readFileSync(join(example, 'model.caffemodel')),
});
const pictures = (folder: string, count: number): string[] =>
  readdirSync(join(example, folder))
    .sort()
    .slice(0, count)
    .map((name) => join(example, folder, name));

/** The network with the weights of one output channel of a layer times a factor. */
function broken(graph: Graph, name: string, channel: number, factor: number): Graph {
  const nodes = graph.nodes.map((node) => {
    const [weights, ...others] = node.params;
    if (node.name !== name || weights === undefined) return node;
    const row = weights.data.length / (weights.shape[0] ?? 1);
    const data = weights.data.map((value, i) => (Math.floor(i / row) === channel ? factor * value : value));
    return { ...node, params: [{ ...weights, data }, ...others] };
  });
  return { ...graph, nodes };
}

/** Images of a network: some calibrate, others are measured. */
interface Pictures {
  readonly calibration: readonly string[];
  readonly measured: readonly string[];
  readonly options: PreprocessingOptions;
}

/** The sensitivity of a network after one channel's weights of a layer were multiplied by 50; the middle channel. */
async function brokenSensitivity(
  imported: Graph,
  name: string,
  overlay: OverlayName,
  { calibration, measured, options }: Pictures,
): Promise<SensitivityResult> {
  const channels = imported.nodes.find((node) => node.name === name)?.params[0]?.shape[0] ?? 0;
  const { graph } = optimise(broken(imported, name, channels >> 1, 50));
  const preprocessing = preprocessingOf(options, graph, 'caffe');
  const widths = { input: 8, params: 8, output: 8 } as const;
  const layers = await calibrate(graph, { paths: calibration, preprocessing }, { widths, overlay });
  const entries = scaleLayers(layers, { overlay });
  return entriesSensitivity(graph, entries, { paths: measured, preprocessing }, { overlay });
}

for (const [overlay, name] of [
  ['v2', 'conv2'],
  ['v3', 'res3/pw'],
] as const) {
  test(`${overlay}: the layer with one channel's weights times 50 is first`, async () => {
    const images = { calibration: pictures('calibration', 8), measured: pictures('test', 2), options: {} };
    const { layers, deployed } = await brokenSensitivity(network, name, overlay, images);
    assert.is(layers[0]?.name, name);
    // What that layer loses alone is most of what is lost, and it vanishes with the layer.
    assert.ok((layers[1]?.quantized.sqnr ?? 0) > (layers[0]?.quantized.sqnr ?? 0) + 1);
    assert.ok((layers[0]?.float.sqnr ?? 0) > deployed.sqnr + 1);
  });
}

for (const [folder, name] of [
  ['lenet', 'conv2'],
  ['mtcnn-det1', 'conv3'],
  ['mtcnn-det2', 'conv2'],
  ['hyperlpr-finemapping', 'conv2'],
  ['hyperlpr-characterrecognization', 'conv2d_1'],
] as const) {
  testShared(`${folder}: the layer with one channel's weights times 50 is first on both overlays`, async () => {
    const model = join(shared, 'models', 'caffe', folder);
    const { flags: words, dims } = calibrationFlags(join(model, 'meta.json'));
    const imported = loadCaffe({
      prototxt: readFileSync(join(model, 'model.prototxt')),
      weights: readFileSync(join(model, 'model.caffemodel')),
      dims,
    });
    const photographs = join(shared, 'models', 'images');
    const files = readdirSync(photographs)
      .filter((file) => file.startsWith('calib_'))
      .sort()
      .map((file) => join(photographs, file));
    const images = { calibration: files.slice(0, 8), measured: files.slice(8, 11), options: words };
    for (const overlay of ['v2', 'v3'] as const)
      assert.is((await brokenSensitivity(imported, name, overlay, images)).layers[0]?.name, name, overlay);
  });
}

/** The preprocessing flags of a recorded network, `--raw_scale 1 --mean_value 0,0,0`, as options. */
function calibrationFlags(meta: string): { flags: PreprocessingOptions; dims: number[] } {
  const text: string = JSON.parse(readFileSync(meta, 'utf8')).calibrate_flags;
  const numbers = (flag: string): number[] =>
    (new RegExp(`--${flag} (\\S+)`).exec(text)?.[1] ?? '').split(',').filter(Boolean).map(Number);
  const [rawScale] = numbers('raw_scale');
  const [inputScale] = numbers('input_scale');
  const flags = { rawScale, inputScale, meanValue: numbers('mean_value'), channelSwap: numbers('channel_swap') };
  return { flags, dims: numbers('dims') };
}

test.run();
