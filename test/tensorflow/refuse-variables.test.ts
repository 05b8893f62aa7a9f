import { test } from 'uvu';
import { loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import { graphDef, placeholder, type TestNode } from './graph-def.js';

const fileName = 'model.pb';
const load = (nodes: readonly TestNode[], options: Partial<TensorFlowOptions> = {}) =>
  loadTensorFlow({ bytes: graphDef(...nodes), fileName, ...options });
const x = placeholder('x', [-1, 4, 4, 2]);

test('variables are named', () => {
  const variables: TestNode[] = [
    { name: 'w', op: 'VariableV2' },
    { name: 'b', op: 'VarHandleOp' },
    { name: 'sum', op: 'Add', input: ['x', 'w'] },
    { name: 'out', op: 'Add', input: ['sum', 'b'] },
  ];
  throws(
    () => load([x, ...variables]),
    /^model.pb: expected a frozen graph, got 2 variables whose values are not in the file: "w" \(VariableV2\), "b" \(VarHandleOp\)\. Freeze it first/,
  );
});

test.run();
