import type { Graph } from '../../src/graph/graph.js';
import { shapesOf } from '../../src/graph/shapes.js';
import { calibrate, calibratedGraph } from '../../src/jobs/calibrate.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { verifyEntries } from '../../src/jobs/verify.js';
import { createEngine } from '../../src/kernels/engine.js';
import { opOf } from '../../src/ops/index.js';
import { plan } from '../../src/runtime/plan.js';
import { Runner } from '../../src/runtime/runner.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { parseScaling } from '../../src/scaling-file/parse.js';
import { elements } from '../../src/tensor.js';

/** Larger networks are planned only: plain twins run for a second on this many steps. */
const MOST_WORK = 2e6;
const MOST_NODES = 40;

const engines = { wasm: createEngine(), twin: createEngine({ simd: 'twin' }) } as const;

/**
 * Plans a graph; a small one is also run on kernels and on their twins, quantized, and verified. Throws what these throw,
 * and an error where kernels and twins differ or a scaling file is not read back.
 */
export async function exercise(graph: Graph): Promise<void> {
  plan(graph);
  if (graph.nodes.length > MOST_NODES || workOf(graph) > MOST_WORK || graph.inputs.length === 0) return;
  const feeds = graph.inputs.map((id, input) =>
    Float32Array.from({ length: elements(graph.values[id]!.shape) }, (_, index) => Math.sin(index + input) * 2),
  );
  await compareWithTwins(graph, feeds);
  await quantizeAndVerify(graph, feeds);
}

function workOf(graph: Graph): number {
  const values = graph.values.reduce((sum, { shape }) => sum + elements(shape), 0);
  return graph.nodes.reduce((sum, node) => sum + (opOf(node).macs?.(node, shapesOf(graph, node)) ?? 0), values);
}

async function compareWithTwins(graph: Graph, feeds: readonly Float32Array[]): Promise<void> {
  const results = [];
  for (const kind of ['wasm', 'twin'] as const) {
    const engine = await engines[kind];
    engine.heap.clear();
    results.push(new Runner(engine, graph).run(feeds));
  }
  const [kernels, twins] = results;
  for (const [id, { data }] of kernels!) {
    const other = twins!.get(id)!.data;
    const index = data.findIndex((value, at) => !Object.is(value, other[at]));
    if (index >= 0) throw new Error(`kernels and twins differ at value ${id}: ${data[index]} and ${other[index]}`);
  }
}

async function quantizeAndVerify(graph: Graph, feeds: readonly Float32Array[]): Promise<void> {
  const calibrated = calibratedGraph(graph, 'progressive');
  const images = feeds.map((feed) => ({ arrays: [feed, feed.map((value) => value / 3)] }));
  const source = images.length === 1 ? images[0]! : { inputs: images };
  for (const overlay of ['v2', 'v3'] as const) {
    const layers = await calibrate(calibrated, source, {
      widths: { input: 8, params: 8, output: 8 },
      overlay,
      threads: 1,
    });
    const text = formatScaling(scaleLayers(layers, { overlay, includeInnerProduct: true }));
    const entries = parseScaling(text, 'own.json');
    if (formatScaling(entries) !== text) throw new Error('a scaling file that was written is read as another');
    await verifyEntries(calibrated, entries, source, { overlay, threads: 1 });
  }
}
