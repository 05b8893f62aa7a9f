/** A random network through the second reading and through the tool. */
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { type EmulatedValue, Emulator } from '../../src/emulator/emulator.js';
import { bitWidths } from '../../src/jobs/bit-widths.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { createEngine } from '../../src/kernels/engine.js';
import { optimise } from '../../src/optimise/index.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { assertEntries } from './compare.js';
import { readNetwork } from './network.js';
import { type OnOverlay, runOnOverlay } from './overlay.js';
import type { RandomNetwork } from './random-network.js';
import { entriesOf, walk } from './walk.js';

/** Thresholds of every layer, the entries of the scaling file; returns the tool's entries. */
export async function compareWalks(network: RandomNetwork): Promise<ScalingEntry[]> {
  const [input, params, output] = network.widths;
  const { powerOfTwo, unifyConcat, images, graph, overlay, includeInnerProduct } = network;
  const layers = await calibrate(
    optimise(graph).graph,
    { arrays: images },
    {
      widths: bitWidths([input, params, output]),
      powerOfTwo,
      unifyConcat,
      calibrator: 'reference',
      threads: 1,
    },
  );
  const measured = walk(readNetwork(graph), images, { input, params, output, powerOfTwo, unifyConcat });
  assertEntries(
    entriesOf(measured, 'v3', true),
    scaleLayers(layers, { overlay: 'v3', includeInnerProduct: true }),
    'everything measured',
  );
  const entries = scaleLayers(layers, { overlay, includeInnerProduct, multipliers: 'natural' });
  assertEntries(entriesOf(measured, overlay, includeInnerProduct), entries, 'scaling file');
  return entries;
}

/** The entries that the tool makes where every other layer with weights, and every other Eltwise, has the other width. */
export async function mixedEntries(network: RandomNetwork): Promise<ScalingEntry[]> {
  const { images, overlay, includeInnerProduct } = network;
  const graph = optimise(network.graph).graph;
  const analysis = analyse(graph);
  const names = graph.nodes.flatMap(({ name }, index) => {
    const rule = analysis.rule(index);
    const isFree = rule.kind === 'weighted' && rule.form === 'InnerProduct' && !includeInnerProduct;
    return (rule.kind === 'weighted' || rule.kind === 'eltwise') && !isFree ? [name] : [];
  });
  const layerBits = Object.fromEntries(names.filter((_, i) => i % 2 === 1).map((name) => [name, 16]));
  const widths = { input: 8, params: 8, output: 8 } as const;
  const options = { widths, layerBits, includeInnerProduct, overlay, calibrator: 'max', threads: 1 } as const;
  return scaleLayers(await calibrate(graph, { arrays: images }, options), { overlay, includeInnerProduct });
}

const plain = ({ placement, tensor }: EmulatedValue): OnOverlay =>
  placement.kind === 'codes'
    ? { codes: [...tensor.data], th: placement.grid.threshold, bw: placement.grid.bits }
    : { float: Float32Array.from(tensor.data) };

/** Every value of the first image, in network order: on the host or the same grid in both, and the same numbers. */
export async function compareRuns(network: RandomNetwork, entries: readonly ScalingEntry[]): Promise<void> {
  const { graph, overlay, images } = network;
  const expected = runOnOverlay(readNetwork(graph), images[0]!, entries as any, overlay);
  const optimised = optimise(graph).graph;
  const ids = optimised.nodes.flatMap(({ outputs }) => [...outputs]);
  const emulator = new Emulator(
    await createEngine(),
    { ...optimised, outputs: ids },
    new Map(entries.map((entry) => [entry.name, entry])),
    overlay,
  );
  const actual = new Map<number, OnOverlay>();
  emulator.run([images[0]!], new Set(ids), (id, value) => actual.set(id, plain(value)));
  for (const id of ids) {
    const { blob, version } = graph.values[id]!;
    const [own, tool] = [expected.get(id)!, actual.get(id)!];
    assertSame(tool, own, `blob "${blob}", version ${version}`);
  }
}

function assertSame(actual: OnOverlay, expected: OnOverlay, where: string): void {
  const [a, b] = [actual, expected].map((value) =>
    'codes' in value ? { form: [value.th, value.bw], list: value.codes } : { form: ['host'], list: [...value.float] },
  ) as [any, any];
  assert.equal(a.form, b.form, `${where}: grid ${a.form.join()} against ${b.form.join()}`);
  const at = b.list.findIndex((value: number, i: number) => !(value === a.list[i] || Object.is(value, a.list[i])));
  assert.ok(at < 0, `${where}[${at}] of ${b.list.length}: tool ${a.list[at]}, second reading ${b.list[at]}`);
}
