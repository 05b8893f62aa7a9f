import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/runtime/interpret.js';
import { throws } from '../throws.js';
import { load } from './networks.js';

const image = (name: string, shape: readonly number[]): string =>
  `layer { name: "${name}" type: "Input" top: "${name}" input_param { shape { dim: [${shape.join()}] } } }\n`;

/** The output of one layer over a 1xCxHxW input that counts 1, 2, 3 ... */
function run(layer: string, shape: readonly number[]): { shape: readonly number[]; values: number[] } {
  const graph = load(`${image('x', shape)}layer { name: "y" bottom: "x" top: "y" ${layer} }`);
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, index) => index + 1);
  const [id = -1] = graph.outputs;
  const found = interpret(graph, new Map([[0, { shape, data }]]))[id];
  return { shape: found?.shape ?? [], values: [...(found?.data ?? [])] };
}

test('torch_pooling rounds sizes down', () => {
  const pool = 'type: "Pooling" pooling_param { kernel_size: 2 stride: 2';
  assert.equal(run(`${pool} }`, [1, 1, 3, 3]), { shape: [1, 1, 2, 2], values: [5, 6, 8, 9] });
  assert.equal(run(`${pool} torch_pooling: true }`, [1, 1, 3, 3]), { shape: [1, 1, 1, 1], values: [5] });
});

test('avg_include_pad: false counts the elements of the image only', () => {
  const pool = 'type: "Pooling" pooling_param { pool: AVE kernel_size: 2 stride: 2 pad: 1';
  assert.equal(run(`${pool} }`, [1, 1, 2, 2]).values, [0.25, 0.5, 0.75, 1]);
  assert.equal(run(`${pool} avg_include_pad: false }`, [1, 1, 2, 2]).values, [1, 2, 3, 4]);
});

test('the kernel, stride and pad of a Pooling may be given once for each axis', () => {
  const pool = 'type: "Pooling" pooling_param { kernel_size: 1 kernel_size: 2 stride: [1, 2] pad: 0 }';
  assert.equal(run(pool, [1, 1, 2, 4]), { shape: [1, 1, 2, 2], values: [2, 4, 6, 8] });
  throws(
    () => run('type: "Pooling" pooling_param { kernel_size: 1 axis: 2 }', [1, 1, 2, 2]),
    /expected axis 1, got 2\.$/,
  );
});

test('lambda multiplies an ELU', () => {
  assert.equal(run('type: "ELU" elu_param { lambda: 2 }', [1, 1, 1, 2]).values, [2, 4]);
  const negative = 'type: "ELU" elu_param { lambda: 2 alpha: 3 }';
  const graph = load(`${image('x', [1, 1])}layer { name: "y" bottom: "x" top: "y" ${negative} }`);
  const [, y] = interpret(graph, new Map([[0, { shape: [1, 1], data: Float32Array.of(-1) }]]));
  assert.ok(Math.abs((y?.data[0] ?? NaN) - 6 * Math.expm1(-1)) < 1e-6);
});

test('an Upsample doubles with a second input (SegNet), else keeps the size (YOLO)', () => {
  const upsample = (bottoms: number, parameters: string): readonly number[] | undefined => {
    const names = ['x', 'm'].slice(0, bottoms);
    const graph = load(
      names.map((name) => image(name, [1, 2, 3, 4])).join('') +
        `layer { name: "y" type: "Upsample" ${names.map((name) => `bottom: "${name}"`).join(' ')} top: "y" ${parameters} }`,
    );
    return graph.values[graph.names['y'] ?? -1]?.shape;
  };
  assert.equal(upsample(1, ''), [1, 2, 3, 4]);
  assert.equal(upsample(2, ''), [1, 2, 6, 8]);
  assert.equal(upsample(2, 'upsample_param { scale_w: 3 }'), [1, 2, 6, 12]);
  assert.equal(upsample(2, 'upsample_param { scale: 1 }'), [1, 2, 3, 4]);
  assert.equal(upsample(1, 'upsample_param { scale: 2 }'), [1, 2, 6, 8]);
});

test('V1 files of forks: known types by their words, others named as not supported', () => {
  const text = 'input: "x" input_dim: [1, 2, 3, 4]\n';
  const up = 'layers { name: "y" type: UPSAMPLE bottom: "x" top: "y" upsample_param { scale: 2 } }\n';
  const graph = load(text + up);
  assert.equal(graph.values[1]?.shape, [1, 2, 6, 8]);
  const own =
    'layers { name: "w" type: WARP_FLOW bottom: "y" top: "w" }\nlayers { name: "v" type: 99 bottom: "w" top: "v" }';
  throws(
    () => load(text + up + own),
    /^net: not supported: 2 layers: "w" \(WARP_FLOW\), "v" \(99\)\. Use --output_layer/,
  );
  assert.is(load(text + up + own, { outputLayers: ['y'] }).nodes.length, 2);
});

test.run();
