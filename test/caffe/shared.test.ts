import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { readNpyFloat32 } from '../../src/formats/npy.js';
import type { Graph } from '../../src/graph/graph.js';
import { shapesOf } from '../../src/graph/shapes.js';
import { opOf } from '../../src/ops/index.js';
import { interpret } from '../../src/runtime/interpret.js';
import { shared, testShared } from '../support.js';

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
