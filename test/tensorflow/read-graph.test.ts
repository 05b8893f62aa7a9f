import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/runtime/interpret.js';
import type { Constant } from '../../src/tensorflow/constant.js';
import { loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { readGraph } from '../../src/tensorflow/read-graph.js';
import { ProtobufWriter } from '../protobuf-writer.js';
import { throws } from '../throws.js';
import { goldenCase, goldenGraph } from './golden.js';
import { floats, graphDef, placeholder, type TestNode } from './graph-def.js';

const fileName = 'model.pb';
const load = (nodes: readonly TestNode[], options: Partial<TensorFlowOptions> = {}) =>
  loadTensorFlow({ bytes: graphDef(...nodes), fileName, ...options });
const x = placeholder('x', [-1, 4, 4, 2]);

test('a truncated file is an error wherever it ends', () => {
  const whole = goldenGraph(goldenCase('batch_norm_v3'));
  let refused = 0;
  for (let size = 1; size < whole.length; size += 7) {
    try {
      loadTensorFlow({ bytes: whole.slice(0, size), fileName });
    } catch (error) {
      assert.match((error as Error).message, /^model\.pb( at byte \d+)?: /);
      refused++;
    }
  }
  // A file that ends between two nodes may still be a smaller network.
  assert.ok(refused > (whole.length / 7) * 0.98, `${refused} of ${Math.floor(whole.length / 7)}`);
});

test('a constant whose values do not fit its shape', () => {
  throws(
    () => load([x, floats('w', [2], [1, 2, 3]), { name: 'a', op: 'Add', input: ['x', 'w'] }]),
    /^model.pb: node "w" \(Const\): expected 2 values for shape \[2\], got 3/,
  );
});

test('a text GraphDef is read like a binary one', () => {
  const text = `# frozen
node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { dim { size: -1 } dim { size: 3 } } } } }
node { name: "b" op: "Const" attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape { dim { size: 3 } } tensor_content: "\\000\\000\\200?\\000\\000\\000@\\000\\000@@" } } } }
node { name: "y" op: "BiasAdd" input: "x" input: "b" input: "^x" attr { key: "data_format" value { s: "NHWC" } } }
versions { producer: 1087 }
`;
  const graph = loadTensorFlow({ bytes: new TextEncoder().encode(text), fileName: 'model.pbtxt' });
  const values = interpret(graph, new Map([[0, { shape: [1, 3], data: Float32Array.of(10, 20, 30) }]]));
  assert.equal([...values[graph.names['y']!]!.data], [11, 22, 33]);
});

test('a large constant is a view of the file where it is aligned', () => {
  const content = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
  const build = (padding: number): Uint8Array =>
    ProtobufWriter.build((graph) => {
      graph.message(1, (node) =>
        node
          .string(1, 'x'.repeat(padding))
          .string(2, 'Const')
          .message(5, (entry) =>
            entry.string(1, 'value').message(2, (value) =>
              value.message(8, (tensor) =>
                tensor
                  .integer(1, 1)
                  .message(2, (shape) => shape.message(2, (dim) => dim.integer(1, 4)))
                  .block(4, content),
              ),
            ),
          ),
      );
    });
  const buffers = Array.from({ length: 4 }, (_, shift) => {
    const bytes = build(10 + shift);
    const { data } = readGraph(bytes, 'm.pb')[0]!.attrs['value'] as Constant;
    assert.equal([...data], [1, 2, 3, 4]);
    return data.buffer === bytes.buffer;
  });
  assert.is(buffers.filter((view) => view).length, 1);
});

test.run();
