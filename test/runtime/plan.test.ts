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
