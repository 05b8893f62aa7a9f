import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { importCaffe } from '../../src/caffe/index.js';
import { XfdnnError } from '../../src/error.js';
import type { Graph } from '../../src/graph/graph.js';
import { plan } from '../../src/runtime/plan.js';
import { elements } from '../../src/tensor.js';
import { randomPrototxt } from '../fuzz/prototxts.js';
import { randomOf } from '../fuzz/random.js';

/** Bytes that each value takes, and when it lives, from the graph alone. */
function livesOf(graph: Graph) {
  return graph.values.map(({ id, shape }) => {
    const first = graph.nodes.findIndex(({ outputs }) => outputs.includes(id));
    const readers = graph.nodes.flatMap(({ inputs }, index) => (inputs.includes(id) ? [index] : []));
    const last = graph.outputs.includes(id) ? graph.nodes.length : Math.max(first, ...readers);
    return { id, first, last, bytes: elements(shape) * 4 };
  });
}

function network(seed: number): Graph | undefined {
  try {
    return importCaffe({ prototxt: randomPrototxt(randomOf(seed, 0)), prototxtName: 'net', seedWeights: 1 }).graph;
  } catch (error) {
    assert.instance(error, XfdnnError);
    return undefined;
  }
}

test('no two values that live at the same time share memory, and none leaves the arena', () => {
  let planned = 0;
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const graph = network(seed);
      if (graph === undefined || graph.nodes.length > 60) return;
      planned++;
      const { offsets, arena } = plan(graph);
      const stored = livesOf(graph).filter(({ id }) => (offsets[id] ?? -1) >= 0);
      for (const [index, a] of stored.entries()) {
        assert.ok(offsets[a.id]! + a.bytes <= arena);
        for (const b of stored.slice(index + 1)) {
          const together = a.first <= b.last && b.first <= a.last;
          const apart = offsets[a.id]! + a.bytes <= offsets[b.id]! || offsets[b.id]! + b.bytes <= offsets[a.id]!;
          assert.ok(!together || apart, `values ${a.id} and ${b.id}`);
        }
      }
    }),
    { seed: 2018, numRuns: 300 },
  );
  assert.ok(planned > 50, `${planned} networks were planned`);
});

test('of thousands of values that live at the same time the smallest are laid out apart, and share memory where they can', () => {
  const [wide, deep] = [4000, 100];
  const layer = (name: string, type: string, bottom: string, more = ''): string =>
    `layer { name: "${name}" type: "${type}" bottom: "${bottom}" top: "${name}" ${more} }\n`;
  const prototxt = [
    'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [1, 1, 8, 8] } } }',
    ...Array.from({ length: wide }, (_, i) => layer(`r${i}`, 'ReLU', 'data')),
    layer('c0', 'Pooling', 'data', 'pooling_param { kernel_size: 2 stride: 2 }'),
    ...Array.from({ length: deep }, (_, i) => layer(`c${i + 1}`, 'ReLU', `c${i}`)),
  ].join('');
  const begin = process.cpuUsage();
  const { graph } = importCaffe({ prototxt: new TextEncoder().encode(prototxt), prototxtName: 'net', seedWeights: 1 });
  const { offsets, arena } = plan(graph);
  assert.ok(process.cpuUsage(begin).user < 10e6);
  const [large, small] = [8 * 8 * 4, 4 * 4 * 4];
  const last = graph.names[`c${deep}`]!;
  const outputs = graph.outputs.flatMap((id) => (id === last ? [] : [offsets[id]!])).sort((a, b) => a - b);
  assert.is(outputs.length, wide);
  for (const [i, offset] of outputs.slice(1).entries()) assert.ok(offset - outputs[i]! >= large);
  const chain = Array.from({ length: deep + 1 }, (_, i) => offsets[graph.names[`c${i}`]!]!);
  for (const [i, offset] of chain.slice(1).entries()) {
    assert.ok(Math.abs(offset - chain[i]!) >= small);
    assert.ok(outputs.every((other) => offset + small <= other || other + large <= offset));
  }
  assert.ok(arena <= (wide + 1) * large + 4 * small, `${arena} bytes`);
});

test('the plan of thousands of layers takes linear time', () => {
  const layers = Array.from(
    { length: 20_000 },
    (_, i) => `layer { name: "same" type: "ReLU" bottom: "data" top: "data" }#${i}`,
  );
  const input = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [1, 1, 2, 2] } } }';
  const begin = process.cpuUsage();
  const { graph } = importCaffe({ prototxt: [input, ...layers].join('\n'), prototxtName: 'net', seedWeights: 1 });
  assert.is(plan(graph).arena, 128);
  assert.is(graph.nodes.at(-1)?.name, 'same_19999');
  assert.ok(process.cpuUsage(begin).user < 10e6);
});

test.run();
