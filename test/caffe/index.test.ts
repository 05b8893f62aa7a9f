import { readdirSync, readFileSync } from 'node:fs';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectCaffe, loadCaffe } from '../../src/caffe/index.js';
import { XfdnnError } from '../../src/error.js';
import { readNpyFloat32 } from '../../src/formats/npy.js';
import type { Graph } from '../../src/graph/graph.js';
import { shapesOf } from '../../src/graph/shapes.js';
import { opOf } from '../../src/ops/index.js';
import { interpret } from '../../src/runtime/interpret.js';
import { shared, testShared } from '../support.js';
import { throws } from '../throws.js';
import { load, net, right, weights } from './networks.js';

interface Meta {
  readonly shape: number[];
  readonly outputs: string[];
  readonly blobs: readonly { name: string; layer: string; shape: number[] }[];
}

const models = `${shared}models/`;
const bytes = (path: string) => new Uint8Array(readFileSync(path));

/** Largest difference relative to the largest value. */
function distance(expected: Float32Array, actual: Float32Array): number {
  let [largest, apart] = [0, 0];
  expected.forEach((value, index) => {
    largest = Math.max(largest, Math.abs(value));
    apart = Math.max(apart, Math.abs(value - actual[index]!));
  });
  return apart / largest;
}

/** Multiply-accumulates of one image. */
function work(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + (opOf(node).macs?.(node, shapesOf(graph, node)) ?? 0), 0);
}

test('damaged files fail with an error of ours, whatever the damage', () => {
  const random = seedrandom('damage');
  const pick = (count: number) => Math.floor(random() * count);
  const model = weights({ ...right, fc: [[5, 2], [5]] });
  const attempt = (prototxt: string, bytes: Uint8Array) => {
    try {
      load(prototxt, { weights: bytes });
    } catch (error) {
      if (!(error instanceof XfdnnError)) throw error;
      assert.match(error.message, /^(net|w|--)/);
    }
  };
  for (let round = 0; round < 2000; round++) {
    const from = pick(net.length);
    const junk = ['', '}', '{', '"', ':', '-1', '99999999999', 'top: "data"', '[', 'layer'][pick(10)]!;
    attempt(net.slice(0, from) + junk + net.slice(from + pick(12)), model);
    const bytes = model.slice(0, round % 3 === 0 ? pick(model.length) : model.length);
    for (let count = 1 + pick(3); count > 0 && bytes.length > 0; count--)
      bytes[pick(Math.min(bytes.length, 80))] = pick(256);
    attempt(net, bytes);
  }
});

test('layers we cannot run are listed all at once; inspection goes without them', () => {
  const text =
    net +
    'layer { name: "box" type: "Box" bottom: "conv1" top: "box" }\nlayer { name: "det" type: "Det" bottom: "box" bottom: "fc" top: "det" }\n';
  throws(
    () => load(text),
    /^net: not supported: 2 layers: "box" \(Box\), "det" \(Det\)\. Use --output_layer to stop before them\.$/,
  );
  assert.is(load(text, { outputs: ['fc'] }).nodes.length, 4);
  const { graph, unsupported } = inspectCaffe({ prototxt: text, shapesOnly: true });
  assert.equal(unsupported, ['"box" (Box)', '"det" (Det)']);
  assert.equal(
    graph.outputs.map((id) => graph.values[id]!.blob),
    ['fc'],
  );
});

testShared('every real network: shapes of the recorded blobs, and values where the plain interpreter is quick', () => {
  let compared = 0;
  for (const name of readdirSync(`${models}caffe`)) {
    const folder = `${models}caffe/${name}/`;
    const meta = JSON.parse(readFileSync(`${folder}meta.json`, 'utf8')) as Meta;
    const graph = loadCaffe({
      prototxt: bytes(`${folder}model.prototxt`),
      prototxtName: name,
      weights: bytes(`${folder}model.caffemodel`),
      consumeWeights: true,
      dims: meta.shape.slice(1),
    });
    const outputs = graph.outputs.map((id) => graph.nodes.find((node) => node.outputs.includes(id))!.name);
    assert.equal(outputs.sort(), [...meta.outputs].sort(), name);
    for (const blob of meta.blobs)
      assert.equal(graph.values[graph.names[blob.layer]!]!.shape, blob.shape, `${name} ${blob.name}`);
    if (work(graph) > 2e7) continue;
    compared++;
    const values = interpret(graph, new Map([[graph.inputs[0]!, readNpyFloat32(bytes(`${folder}input.npy`), name)]]));
    for (const blob of meta.blobs) {
      const value = values[graph.names[blob.layer]!]!;
      const recorded = readNpyFloat32(bytes(`${folder}blobs/${blob.name.replaceAll('/', '__')}.npy`), blob.name);
      const apart = distance(recorded.data, value.data as Float32Array);
      assert.ok(apart < 1e-4, `${name} ${blob.name}: ${apart}`);
    }
  }
  assert.ok(compared >= 8, `${compared} networks compared`);
});

testShared('every known architecture imports', () => {
  const outputs: Record<string, string> = {};
  for (const file of readdirSync(`${models}architectures`)) {
    const graph = loadCaffe({
      prototxt: bytes(`${models}architectures/${file}`),
      prototxtName: file,
      shapesOnly: true,
    });
    outputs[file.replace('_deploy', '').replace('.prototxt', '')] = graph.outputs
      .map((id) => graph.values[id]!.shape.join('x'))
      .join();
  }
  assert.equal(outputs, {
    bvlc_googlenet_without_lrn: '1x365',
    inception_v3: '1x1000',
    inception_v3_without_bn: '1x1000',
    mobilenet: '1x1000x1x1',
    mobilenet_without_bn: '1x1000x1x1',
    resnet101: '1x1000',
    resnet101_without_bn: '1x1000',
    resnet152: '1x1000',
    resnet152_without_bn: '1x1000',
    resnet18_baseline: '1x10',
    resnet18_baseline_without_bn: '1x10',
    resnet18_emdnn: '1x10',
    resnet18_emdnn_without_bn: '1x10',
    resnet50: '1x1000',
    resnet50_without_bn: '1x1000',
    squeezenet: '1x1000x1x1',
    vgg16: '1x1000',
    yolo_224: '1x425x7x7',
    yolo_608: '1x425x19x19',
  });
});

test.run();
