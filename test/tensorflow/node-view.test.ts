import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { graphDef, int32s, placeholder, type TestNode } from './graph-def.js';

const load = (nodes: readonly TestNode[], options: Partial<TensorFlowOptions> = {}) =>
  loadTensorFlow({ bytes: graphDef(...nodes), fileName: 'model.pb', ...options });

test('a batch in the file becomes one image, also where it is baked into a Reshape', () => {
  const rows: TestNode[] = [int32s('s', [16, 48]), { name: 'flat', op: 'Reshape', input: ['x', 's'] }];
  assert.equal([...load([placeholder('x', [16, 4, 6, 2]), ...rows]).values[1]!.shape], [1, 48]);
});

test.run();
