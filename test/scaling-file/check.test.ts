import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../src/graph/graph.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { loadNetwork } from '../../src/jobs/network.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { optimise } from '../../src/optimise/index.js';
import { decompose, type ScalingEntry } from '../../src/scaling/index.js';
import { type CheckOptions, checkScaling, fixScaling } from '../../src/scaling-file/check.js';
import { detectOverlay } from '../../src/scaling-file/entry-form.js';
import type { Fault } from '../../src/scaling-file/fault.js';
import { root, shared, testShared } from '../support.js';
import { flagsOf } from '../whole/walk-cases.js';
import { sample } from './samples.js';

const walk = join(shared, 'golden/walk');
const cases = existsSync(walk)
  ? readdirSync(walk)
      .filter((name) => existsSync(join(walk, name, 'expected.json')))
      .sort()
  : [];
const entriesOf = (name: string): ScalingEntry[] =>
  JSON.parse(readFileSync(join(walk, name, 'expected.json'), 'utf8')).network;
const graphOf = async (name: string): Promise<Graph> =>
  optimise((await loadNetwork(flagsOf(join(walk, name)))).graph).graph;
const faultsOf = (entries: readonly ScalingEntry[], options?: CheckOptions): Fault[] =>
  checkScaling(entries, options).filter(({ severity }) => severity === 'fault');
const places = (faults: readonly Fault[]): unknown[] =>
  faults.map(({ entry, key, channel, derivable }) => [entry, key, channel, derivable]);

function changed(
  entries: readonly ScalingEntry[],
  name: string,
  change: (entry: ScalingEntry) => Partial<ScalingEntry>,
): ScalingEntry[] {
  return entries.map((entry) => (entry.name === name ? { ...entry, ...change(entry) } : entry));
}
const at = (list: readonly number[], index: number, value: number): number[] =>
  list.map((old, i) => (i === index ? value : old));

testShared('published files have no faults, and their overlay is recognised', () => {
  for (const file of readdirSync(join(shared, 'golden/scaling'))) {
    const entries = JSON.parse(readFileSync(join(shared, 'golden/scaling', file), 'utf8')).network;
    assert.is(detectOverlay(entries), file.includes('v3') ? 'v3' : 'v2', file);
    assert.equal(checkScaling(entries), [], file);
  }
});

testShared('recorded files have no faults against their networks, and their overlay is recognised', async () => {
  for (const name of cases) {
    const entries = entriesOf(name);
    assert.is(detectOverlay(entries), flagsOf(join(walk, name)).overlay ?? 'v2', name);
    assert.equal(faultsOf(entries, { graph: await graphOf(name) }), [], name);
  }
});

test('files made here have no faults', () => {
  for (const overlay of ['v2', 'v3'] as const) {
    assert.is(detectOverlay(sample(overlay)), overlay);
    assert.equal(checkScaling(sample(overlay)), []);
  }
});

test('one broken shift, scale or scale factor is named with its channel, and repaired', () => {
  const cases: [string, (entry: ScalingEntry) => Partial<ScalingEntry>, unknown][] = [
    [
      'conv1',
      ({ prescale_shift }) => ({ prescale_shift: at(prescale_shift, 1, 3) }),
      ['conv1', 'prescale_shift', 1, true],
    ],
    [
      'conv2',
      ({ postscale_shift }) => ({ postscale_shift: at(postscale_shift, 0, postscale_shift[0]! + 1) }),
      ['conv2', 'postscale_shift', 0, true],
    ],
    ['conv2', ({ scale }) => ({ scale: at(scale, 1, scale[1]! - 1) }), ['conv2', 'scale', 1, true]],
    ['sum', ({ scale }) => ({ scale: at(scale, 0, scale[0]! + 1) }), ['sum', 'scale', 0, true]],
    [
      'conv1',
      ({ sf_layer_out }) => ({ sf_layer_out: sf_layer_out * 1.001 }),
      ['conv1', 'sf_layer_out', undefined, true],
    ],
    ['conv1', ({ sf_params }) => ({ sf_params: at(sf_params!, 2, 7) }), ['conv1', 'sf_params', 2, true]],
    ['conv1', ({ sf_params }) => ({ sf_params: sf_params!.slice(1) }), ['conv1', 'sf_params', undefined, true]],
    ['conv2', ({ scale }) => ({ scale: [...scale, 5] }), ['conv2', 'scale', undefined, true]],
  ];
  for (const overlay of ['v2', 'v3'] as const) {
    for (const [name, change, expected] of cases) {
      const broken = changed(sample(overlay), name, change);
      assert.equal(places(faultsOf(broken, { overlay })), [expected]);
      assert.equal(fixScaling(broken, { overlay }), sample(overlay));
    }
  }
});

test('a threshold that scale factor and triples contradict is named, and not taken for the truth', () => {
  const broken = changed(sample(), 'conv1', () => ({ th_layer_out: 55 }));
  assert.equal(places(faultsOf(broken)), [['conv1', 'th_layer_out', undefined, false]]);
  assert.equal(fixScaling(broken), broken);
  const channel = changed(sample(), 'conv1', ({ th_params }) => ({ th_params: at(th_params!, 1, 0.26) }));
  assert.equal(places(faultsOf(channel)), [['conv1', 'th_params', 1, false]]);
});

test('widths and thresholds that cannot be are named', () => {
  const broken = changed(
    changed(sample(), 'conv1', () => ({ bw_params: 7 })),
    'sum',
    () => ({ th_layer_in: -1 }),
  );
  assert.equal(places(faultsOf(broken)), [
    ['conv1', 'bw_params', undefined, false],
    ['sum', 'th_layer_in', undefined, false],
  ]);
  assert.equal(places(faultsOf([...sample(), sample()[0]!])), [['conv1', 'name', undefined, false]]);
});

test('of an entry with a width that cannot be nothing else is said, against its network too', async () => {
  const example = (name: string): string => join(root, 'examples/cifar10', name);
  const { graph } = optimise(
    (await loadNetwork({ deploy_model: example('deploy.prototxt'), weights: example('model.caffemodel') })).graph,
  );
  const image = Float32Array.from({ length: 3072 }, (_, i) => Math.sin(i) * 50);
  const layers = await calibrate(
    graph,
    { arrays: [image] },
    {
      widths: { input: 8, params: 8, output: 8 },
      threads: 1,
    },
  );
  const broken = changed(scaleLayers(layers, { overlay: 'v3' }), 'conv1', () => ({ bw_layer_in: 7 }));
  assert.equal(places(faultsOf(broken, { graph, overlay: 'v3' })), [['conv1', 'bw_layer_in', undefined, false]]);
});

test('dead channels may be written as release 1.1 did', () => {
  const dead = changed(sample(), 'conv1', ({ th_params, sf_params, scale, prescale_shift, postscale_shift }) => ({
    th_params: at(th_params!, 1, 0),
    sf_params: at(sf_params!, 1, 0),
    scale: at(scale, 1, 0),
    prescale_shift: at(prescale_shift, 1, 0),
    postscale_shift: at(postscale_shift, 1, 7),
  }));
  assert.equal(checkScaling(dead), []);
});

test("the reference's triples of a v2 Scale are a warning, and made finer by the repair", () => {
  const row = { preMax: 0, scaleBits: 8, postMax: 8 };
  const coarse = changed(sample(), 'conv1', ({ th_layer_in, th_layer_out, th_params }) => {
    const triples = th_params!.map((th) =>
      decompose(
        Math.fround(
          Math.fround(Math.fround(th_layer_in / 127) * Math.fround(th / 127)) / Math.fround(th_layer_out / 127),
        ),
        row,
      ),
    );
    return {
      prescale_shift: triples.map((t) => t.prescale_shift),
      scale: triples.map((t) => t.scale),
      postscale_shift: triples.map((t) => t.postscale_shift),
    };
  });
  assert.equal(
    checkScaling(coarse, { overlay: 'v2' }).map(({ entry, severity }) => [entry, severity]),
    [['conv1', 'warning']],
  );
  assert.equal(fixScaling(coarse, { overlay: 'v2' }), sample());
});

testShared(
  'against the network: a missing layer, a strange one, a wrong channel count, a wrong threshold',
  async () => {
    const graph = await graphOf('c-residual');
    const entries = entriesOf('c-residual');
    const weighted = entries.filter(({ th_params }) => th_params !== undefined);
    const [first, second] = weighted as [ScalingEntry, ScalingEntry];
    assert.equal(
      places(
        faultsOf(
          entries.filter(({ name }) => name !== second.name),
          { graph },
        ),
      ),
      [[second.name, 'name', undefined, false]],
    );
    assert.equal(
      places(
        faultsOf(
          changed(entries, first.name, () => ({ name: 'nobody' })),
          { graph },
        ),
      ),
      [
        [first.name, 'name', undefined, false],
        ['nobody', 'name', undefined, false],
      ],
    );
    const lists = ['th_params', 'sf_params', 'prescale_shift', 'scale', 'postscale_shift'] as const;
    const shorter = changed(entries, first.name, (entry) =>
      Object.fromEntries(lists.map((key) => [key, entry[key]!.slice(1)])),
    );
    assert.equal(places(faultsOf(shorter, { graph })), [[first.name, 'th_params', undefined, false]]);
    const rescaled = changed(entries, first.name, ({ th_params, sf_params, ...rest }) => {
      const [th, sf] = [at(th_params!, 2, th_params![2]! / 4), at(sf_params!, 2, sf_params![2]! / 4)];
      return { th_params: th, sf_params: sf, prescale_shift: at(rest.prescale_shift, 2, rest.prescale_shift[2]! + 2) };
    });
    assert.equal(places(faultsOf(rescaled, { graph })), [[first.name, 'th_params', 2, false]]);
  },
);

testShared(
  'against the network: swapped layers are named, whether their places or their contents were swapped',
  async () => {
    const graph = await graphOf('a-tiny');
    const [conv1, conv2] = entriesOf('a-tiny') as [ScalingEntry, ScalingEntry];
    const moved = faultsOf([conv2, conv1], { graph });
    assert.equal(places(moved), [['conv1', 'name', undefined, true]]);
    assert.match(moved[0]!.message, /before that of "conv2"/);
    assert.equal(fixScaling([conv2, conv1], { graph }), [conv1, conv2]);
    const exchanged = faultsOf(
      [
        { ...conv2, name: 'conv1' },
        { ...conv1, name: 'conv2' },
      ],
      { graph },
    );
    for (const [name, other] of [
      ['conv1', 'conv2'],
      ['conv2', 'conv1'],
    ] as const) {
      const found = exchanged.find(({ entry, message }) => entry === name && message.includes('swapped'));
      assert.match(found!.message, new RegExp(`those of layer "${other}"; these two entries are swapped`));
    }
  },
);

testShared('against the network: what is rescaled and what v3 has no entry for are warnings', async () => {
  const warnings = checkScaling(entriesOf('c-residual'), { graph: await graphOf('c-residual') });
  assert.equal(
    warnings.map(({ entry, key, severity }) => [entry, key, severity]),
    [
      ['res1', 'th_layer_in', 'warning'],
      ['res2', 'th_layer_in', 'warning'],
    ],
  );
  const v3 = entriesOf('l-avepool-v3').filter(({ name }) => name !== 'pool5');
  const missing = checkScaling(v3, { graph: await graphOf('l-avepool-v3') });
  assert.equal(
    missing.map(({ entry, severity }) => [entry, severity]),
    [['pool5', 'warning']],
  );
});

testShared('against the network: a bias that overlay v3 cannot hold is a warning', async () => {
  const graph = await graphOf('e-tiny-v3');
  const node = graph.nodes.find(({ name }) => name === 'conv1')!;
  const weights = node.params[0]!.data.slice();
  weights.fill(0, 0, weights.length / node.params[0]!.shape[0]!);
  const bias = node.params[1]!.data.slice();
  bias[0] = 3;
  const dead = {
    ...node,
    params: [
      { ...node.params[0]!, data: weights },
      { ...node.params[1]!, data: bias },
    ],
  };
  const entries = changed(entriesOf('e-tiny-v3'), 'conv1', (entry) => ({
    th_params: at(entry.th_params!, 0, 0),
    sf_params: at(entry.sf_params!, 0, 0),
    scale: at(entry.scale, 0, 0),
    postscale_shift: at(entry.postscale_shift, 0, 0),
  }));
  const found = checkScaling(entries, {
    graph: { ...graph, nodes: graph.nodes.map((other) => (other === node ? dead : other)) },
  });
  assert.equal(
    found.map(({ entry, key, channel, severity }) => [entry, key, channel, severity]),
    [['conv1', 'th_params', 0, 'warning']],
  );
  assert.match(found[0]!.message, /all zero that overlay v3 loses the bias 3/);
});

test.run();
