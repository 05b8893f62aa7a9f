import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type EmulatedValue, Emulator } from '../../src/emulator/emulator.js';
import {
  calibrate,
  type Graph,
  type LiveUpdate,
  loadCaffe,
  openLive,
  optimise,
  rescale,
  type ScalingEntry,
  scale,
  verifyEntries,
} from '../../src/index.js';
import { createEngine } from '../../src/kernels/engine.js';
import { entriesByName } from '../../src/placement/wanted-grids.js';
import { noise } from '../cli/fixtures.js';
import { root } from '../support.js';

const folder = join(root, 'examples/cifar10');
const { graph } = optimise(
  loadCaffe({
    prototxt: readFileSync(join(folder, 'deploy.prototxt')),
    weights: readFileSync(join(folder, 'model.caffemodel')),
  }),
);
const arrays = [1, 2, 3].map((seed) => Float32Array.from(noise(3 * 32 * 32, seed), (value) => value * 100));
const source = { arrays };
const widths = { input: 8, params: 8, output: 8 } as const;
const options = { includeInnerProduct: true, threads: 1 };
const entries = scale(await calibrate(graph, source, { widths, ...options }), options);
const thresholdOf = (list: readonly ScalingEntry[], name: string): ScalingEntry =>
  list.find((entry) => entry.name === name)!;

/** What `verifyEntries` finds of all layers is what the live emulation says of them. */
async function expectVerified(graph: Graph, list: readonly ScalingEntry[], { layers, predictions }: LiveUpdate) {
  const expected = await verifyEntries(graph, list, source, { threads: 1, overlay: 'v2' });
  const row = ({ sqnr, cosine }: { sqnr: number; cosine: number }, counts: Counts) =>
    [sqnr, cosine, counts.values, counts.clipped, counts.prescaleClipped, counts.overflows].join(' ');
  assert.equal(
    layers.map((layer) => `${layer.name} ${layer.bits} ${layer.threshold} ${row(layer, layer)}`),
    expected.layers.map((layer) => `${layer.name} ${layer.bw} ${layer.th_layer_out} ${row(layer.accumulated, layer)}`),
  );
  const agreeing = predictions.filter(([output]) => output!.float[0]!.class === output!.fixed[0]!.class).length;
  assert.is(agreeing / predictions.length, expected.agreement!.top1);
}

interface Counts {
  readonly values: number;
  readonly clipped: number;
  readonly prescaleClipped: number;
  readonly overflows: number;
}

test('figures after random changes are those of a whole verification, codes those of a whole emulation', async () => {
  const live = await openLive(graph, entries, source, options);
  const random = seedrandom('live');
  const draw = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const engine = await createEngine();
  for (let change = 0; change < 12; change++) {
    const { name } = draw(live.entries);
    const factor = 0.4 + random();
    const before = live.entries;
    const update = await draw([
      () => live.setThreshold(name, thresholdOf(before, name).th_layer_out * factor),
      () => live.setThreshold('data', thresholdOf(before, 'conv1').th_layer_in * factor),
      () => live.setLayerBits({ [name]: draw([8, 16]) }),
      () => live.setWeightThresholds(draw(['channel', 'layer'] as const)),
      () => live.setScaling(entries, 'v2'),
    ])();
    assert.ok(update.computed <= update.total);
    await expectVerified(graph, live.entries, live.state());
    const emulator = new Emulator(engine, graph, entriesByName(live.entries), 'v2');
    const wanted = new Map(
      Object.entries(graph.names)
        .filter(([, id]) => emulator.placement.isComputed(id))
        .map(([blob, id]) => [id, blob]),
    );
    const image = change % arrays.length;
    const values = new Map<number, EmulatedValue>();
    emulator.run([arrays[image]!], new Set(wanted.keys()), (id, value) => values.set(id, value));
    for (const [id, blob] of wanted) {
      const { placement, tensor } = await live.value(blob, image);
      assert.equal({ placement, tensor }, values.get(id), blob);
    }
    engine.heap.clear();
  }
  await live.close();
});

test('a change of the last layer computes that layer and the host behind it', async () => {
  const live = await openLive(graph, entries, source, options);
  const last = entries.at(-1)!;
  const { layers, computed, total } = await live.setThreshold(last.name, last.th_layer_out * 0.25);
  assert.is(computed, 2 * arrays.length);
  assert.ok(total > 3 * computed);
  assert.equal(
    layers.map(({ name }) => name),
    [last.name, graph.nodes.at(-1)!.name],
  );
  assert.ok(layers[0]!.clipped + layers[0]!.prescaleClipped > 0);
  await live.close();
});

test('threads change nothing', async () => {
  const [one, three] = await Promise.all(
    [1, 3].map((threads) => openLive(graph, entries, source, { ...options, threads })),
  );
  assert.equal(three!.state(), one!.state());
  const change = (live: typeof one) => live!.setThreshold('conv1', thresholdOf(entries, 'conv1').th_layer_out / 2);
  assert.equal(await change(three), await change(one));
  assert.equal(three!.entries, one!.entries);
  await Promise.all([one!.close(), three!.close()]);
});

test('a scaling file for another overlay', async () => {
  const live = await openLive(graph, entries, source, options);
  const other = rescale(entries, 'v2', { overlay: 'v3' }, graph);
  await live.setScaling(other, 'v3');
  assert.is(live.overlay, 'v3');
  const whole = await openLive(graph, other, source, { ...options, overlay: 'v3' });
  assert.equal(live.state(), whole.state());
  await live.setScaling(entries);
  assert.is(live.overlay, 'v2');
  await expectVerified(graph, entries, live.state());
  await Promise.all([live.close(), whole.close()]);
});

test('what is refused leaves everything as it was', async () => {
  const live = await openLive(graph, entries, source, options);
  const refused = async (call: Promise<unknown>, message: RegExp) =>
    assert.match(
      await call.then(
        () => 'no error',
        (error: Error) => error.message,
      ),
      message,
    );
  await refused(live.setThreshold('cnov1', 1), /^blob: expected names of layers, got "cnov1", which matches none\./);
  for (const threshold of [0, -1, NaN, 1e39])
    await refused(
      live.setThreshold('conv1', threshold),
      /^threshold of "conv1": expected a finite number above 0, got/,
    );
  await refused(live.setThreshold('prob', 1), /^"prob": expected a value with a threshold/);
  await refused(live.setLayerBits({ conv1: 7 }), /expected 8 or 16 bits for "conv1", got 7/);
  await refused(live.setScaling(entries.slice(1)), /expected an entry of its name in the scaling file/);
  await refused(live.value('conv1', 3), /^image: expected a number from 0 to 2, got 3\./);
  await refused(openLive(graph, entries, { arrays: [] }), /^live: expected at least one image, got none\./);
  assert.equal(live.entries, entries);
  await expectVerified(graph, entries, live.state());
  await live.close();
});

test.run();
