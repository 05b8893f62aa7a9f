import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Emulator } from '../../src/emulator/emulator.js';
import type { BitWidth } from '../../src/fixed/grid.js';
import { quantizeTensorArray } from '../../src/fixed/index.js';
import type { ValueId } from '../../src/graph/graph.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { createEngine, type Engine } from '../../src/kernels/engine.js';
import { type Entries, entriesByName } from '../../src/placement/wanted-grids.js';
import { noPause } from '../../src/runtime/pause.js';
import { Runner } from '../../src/runtime/runner.js';
import type { OverlayName } from '../../src/scaling/index.js';
import { channelAxis, elements, type TypedArray } from '../../src/tensor.js';
import { CodeValues, nearestCodes } from '../../src/verification/code-values.js';
import { measureError } from '../../src/verification/compare-activations.js';
import type { ComparedLayer } from '../../src/verification/compared-layers.js';
import { type VerificationDetail, Verifier } from '../../src/verification/verifier.js';
import { noise } from '../cli/fixtures.js';
import { CONVOLUTION, networkOf, POOL } from '../placement/networks.js';

/** Two layers on the input, a layer that is read with and without its activation, a host layer, an activation on codes. */
const graph = networkOf([
  ['Convolution', 'data', 'conv1', CONVOLUTION],
  ['ReLU', 'conv1', 'relu1'],
  ['Convolution', 'data', 'skip', CONVOLUTION],
  ['Convolution', 'relu1', 'conv2', CONVOLUTION],
  ['ReLU', 'conv2', 'relu2'],
  ['Eltwise', 'relu1 conv2', 'sum'],
  ['Eltwise', 'sum skip', 'sum2'],
  ['LRN', 'sum2', 'norm'],
  ['Pooling', 'norm', 'pool', POOL('AVE')],
  ['Pooling', 'relu2', 'most', POOL('MAX')],
  ['Convolution', 'pool', 'left', CONVOLUTION],
  ['PReLU', 'most', 'right'],
  ['Concat', 'left right', 'both'],
  ['Softmax', 'both', 'prob'],
]);
const images = [1, 2, 3].map((seed) => Float32Array.from(noise(256, seed), (value) => 40 * value));

async function entriesFor(overlay: OverlayName, bits: BitWidth): Promise<Entries> {
  const widths = { input: bits, params: bits, output: bits };
  const layers = await calibrate(graph, { arrays: images }, { widths, overlay, threads: 1 });
  return entriesByName(scaleLayers(layers, { overlay }));
}

/** What a verification reports, by definition: every value of both passes copied, every layer run on its own inputs. */
class Definition {
  private readonly emulator: Emulator;
  private readonly float: Map<ValueId, Float32Array>;
  private readonly values = new CodeValues();
  readonly deployed = new Map<ValueId, Float32Array>();

  constructor(
    private readonly engine: Engine,
    entries: Entries,
    overlay: OverlayName,
    layers: readonly ComparedLayer[],
    feed: Float32Array,
  ) {
    this.emulator = new Emulator(engine, graph, entries, overlay);
    const { analysis } = this.emulator.placement;
    const stored = layers.flatMap(({ value, node }) => [value, ...analysis.node(node).inputs]);
    const runner = new Runner(engine, { ...graph, outputs: [...new Set([...graph.outputs, ...stored])] });
    this.float = new Map([...runner.run([feed])].map(([id, { data }]) => [id, data]));
    const wanted = new Set(layers.map(({ value }) => value));
    this.emulator.run([feed], wanted, (id, value) => this.deployed.set(id, this.values.floats(value)));
  }

  of(id: ValueId): Float32Array {
    return this.float.get(id)!;
  }

  /** The result of a layer by itself; null where it has none. */
  alone({ value, node, placement }: ComparedLayer): Float32Array | null {
    const { inputs } = this.emulator.placement.analysis.node(node);
    if (placement.kind === 'float' || inputs.length === 0) return null;
    const results = this.emulator.runNode(
      node,
      inputs.map((id) => this.rounded(id)),
    );
    return this.values.floats(results.get(value)!);
  }

  private rounded(id: ValueId): TypedArray {
    const placement = this.emulator.placement.value(id);
    if (placement.kind === 'float') return this.of(id);
    const { threshold, bits } = placement.grid;
    return graph.inputs.includes(id)
      ? quantizeTensorArray(threshold, bits, this.of(id))
      : nearestCodes(this.engine, this.of(id), placement.grid);
  }
}

/** Sums over each channel, element by element. */
function channelErrors({ value }: ComparedLayer, float: Float32Array, fixed: Float32Array) {
  const { shape } = graph.values[value]!;
  const channels = shape[channelAxis(shape.length, 'NCHW')]!;
  const inner = elements(shape.slice(2));
  const sums = {
    signal: new Float64Array(channels),
    noise: new Float64Array(channels),
    largest: new Float64Array(channels),
  };
  for (let c = 0; c < channels; c++) {
    const part = (data: Float32Array): Float32Array => data.subarray(c * inner, (c + 1) * inner);
    const { signal, noise: power } = measureError(part(float), part(fixed));
    sums.signal[c] = signal;
    sums.noise[c] = power;
    sums.largest[c] = part(float).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  }
  return sums;
}

for (const [overlay, bits, simd] of [
  ['v2', 8, 'wasm'],
  ['v3', 8, 'wasm'],
  ['v3', 16, 'wasm'],
  ['v2', 8, 'twin'],
] as const) {
  test(`a report of ${overlay} at ${bits} bits on ${simd} is its definition, number by number`, async () => {
    const entries = await entriesFor(overlay, bits);
    const verifier = new Verifier(await createEngine({ simd }), graph, entries, overlay, true);
    assert.ok(verifier.layers.some(({ placement }) => placement.kind === 'codes' && placement.grid.bits === bits));
    for (const [image, feed] of images.entries()) {
      const expected = new Definition(await createEngine({ simd }), entries, overlay, verifier.layers, feed);
      const report = await verifier.verify([feed], image, 'channels', noPause);
      for (const [index, layer] of verifier.layers.entries()) {
        const [float, where] = [expected.of(layer.value), `${layer.name} of image ${image}`];
        const alone = expected.alone(layer);
        assert.equal(report.accumulated[index], measureError(float, expected.deployed.get(layer.value)!, image), where);
        assert.equal(report.isolated[index], alone && measureError(float, alone, image), `${where}, alone`);
        // The network's input has no result by itself: its channels are those of its codes.
        const own = graph.inputs.includes(layer.value) ? expected.deployed.get(layer.value)! : alone;
        assert.equal(report.channels[index], own && channelErrors(layer, float, own), `${where}, channels`);
      }
    }
  });
}

test('what is not asked for is not measured, and what is comes out the same', async () => {
  const verifier = new Verifier(await createEngine(), graph, await entriesFor('v2', 8), 'v2', false);
  const [feed = new Float32Array()] = images;
  const all = await verifier.verify([feed], 0, 'channels', noPause);
  const isNone = ({ signal, power }: { signal: number; power: number }): boolean => signal === 0 && power === 0;
  for (const detail of ['alone', 'deployed', 'outputs'] as VerificationDetail[]) {
    const report = await verifier.verify([feed], 0, detail, noPause);
    assert.equal(report.channels, []);
    assert.equal(report.isolated, detail === 'alone' ? all.isolated : []);
    assert.equal(report.outputs, all.outputs);
    for (const [index, sum] of report.accumulated.entries())
      if (detail !== 'outputs' || !isNone(sum)) assert.equal(sum, all.accumulated[index]);
    assert.is(
      report.accumulated.filter((sum) => !isNone(sum)).length,
      detail === 'outputs' ? 1 : verifier.layers.length,
    );
  }
});

test('an image leaves nothing in the memory of the engine', async () => {
  const engine = await createEngine();
  const open = new Set<number>();
  const { heap } = engine;
  const [alloc, free] = [heap.alloc.bind(heap), heap.free.bind(heap)];
  const verifier = new Verifier(engine, graph, await entriesFor('v2', 8), 'v2', true);
  heap.alloc = (bytes) => {
    const address = alloc(bytes);
    open.add(address);
    return address;
  };
  heap.free = (address) => {
    open.delete(address);
    free(address);
  };
  await verifier.verify([images[0]!], 0, 'channels', noPause);
  assert.is(open.size, 0);
});

test.run();
