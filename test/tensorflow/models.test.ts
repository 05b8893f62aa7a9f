import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpyFloat32 } from '../../src/formats/npy.js';
import type { Graph } from '../../src/graph/graph.js';
import { interpret } from '../../src/runtime/interpret.js';
import type { Tensor } from '../../src/tensor.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { shared, testShared } from '../support.js';

const folder = `${shared}models/tensorflow/`;
const names = existsSync(folder) ? readdirSync(folder).sort() : ['every network'];

interface Meta {
  readonly shape: readonly number[];
  readonly declared: readonly (readonly (number | null)[])[];
  readonly outputs: readonly string[];
}

const npy = (path: string): Tensor => readNpyFloat32(readFileSync(path), path);

/** C, H, W of the run where the graph declares other sizes. */
function dimsOf(shape: readonly number[]): number[] | undefined {
  const [, ...own] = shape;
  return own.length === 3 ? [own[2]!, own[0]!, own[1]!] : undefined;
}

function load(name: string, outputLayers?: readonly string[], shape?: readonly number[]): Graph {
  const meta = JSON.parse(readFileSync(`${folder}${name}/meta.json`, 'utf8')) as Meta;
  const dims = dimsOf(shape ?? meta.shape);
  return loadTensorFlow({
    bytes: readFileSync(`${folder}${name}/model.pb`),
    fileName: 'model.pb',
    ...(dims && { dims }),
    ...(outputLayers && { outputLayers }),
  });
}

function compare(graph: Graph, input: Tensor, blobs: string): number {
  const values = interpret(graph, new Map([[graph.inputs[0]!, input]]));
  let worst = 0;
  for (const file of readdirSync(blobs)) {
    const name = file.replace(/\.npy$/, '').replaceAll('__', '/');
    const expected = npy(`${blobs}/${file}`);
    const id = graph.names[name];
    if (id === undefined) continue;
    const actual = values[id]!;
    assert.equal([...actual.shape], [...expected.shape], name);
    const largest = expected.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const difference =
      actual.data.reduce((most, x, index) => Math.max(most, Math.abs(x - expected.data[index]!)), 0) / largest;
    assert.ok(difference <= 1e-4, `${name}: ${difference}`);
    worst = Math.max(worst, difference);
  }
  return worst;
}

for (const name of names) {
  testShared(`${name}: saved blobs within 1e-4 of the largest value`, () => {
    const blobs = `${folder}${name}/blobs`;
    const all = readdirSync(blobs).map((file) => file.replace(/\.npy$/, '').replaceAll('__', '/'));
    const input = npy(`${folder}${name}/input.npy`);
    const graph = load(name);
    compare(graph, input, blobs);
    // With every saved blob wanted none may be missing.
    const whole = load(name, all);
    for (const blob of all) assert.ok(whole.names[blob] !== undefined, blob);
    compare(whole, input, blobs);
  });

  testShared(`${name}: the default outputs are the network's own`, () => {
    const meta = JSON.parse(readFileSync(`${folder}${name}/meta.json`, 'utf8')) as Meta;
    const graph = load(name);
    assert.equal(
      [...graph.outputs].sort((a, b) => a - b),
      meta.outputs.map((output) => graph.names[output]!).sort((a, b) => a - b),
    );
  });

  if (existsSync(`${folder}${name}/photo_blobs`)) {
    testShared(`${name}: a photograph's blobs`, () => {
      const input = npy(`${folder}${name}/photo_input.npy`);
      compare(load(name, undefined, input.shape), input, `${folder}${name}/photo_blobs`);
    });
  }
}

test.run();
