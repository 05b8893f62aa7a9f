import { fail } from '../error.js';
import type { TensorFlowNode } from '../ops/op.js';
import { elements, type Layout, type Shape, type Tensor } from '../tensor.js';
import { type Constant, constant } from './constant.js';
import { describeNode, type NodeDef } from './node.js';
import type { OutputState } from './output-state.js';

/** Facts about the graph under construction that operators read through a {@link TensorFlowNode}. */
export interface ViewContext {
  readonly fileName: string;
  /** Number of images that the file says are fed at once. */
  readonly declaredBatch: number;
  shapeOf(state: OutputState): Shape;
  layoutOf(state: OutputState): Layout;
}

/** A node as operators see it. Its methods throw `model` where the node has too few inputs. */
export function viewNode(node: NodeDef, inputs: readonly OutputState[], context: ViewContext): TensorFlowNode {
  const where = `${context.fileName}: ${describeNode(node)}`;
  const at = (index: number): OutputState =>
    inputs[index] ?? fail('model', where, `expected at least ${index + 1} inputs, got ${inputs.length}.`);
  return {
    name: node.name,
    type: node.op,
    attr: (name) => node.attrs[name],
    inputCount: inputs.length,
    inputShape: (index) => context.shapeOf(at(index)),
    inputLayout: (index) => context.layoutOf(at(index)),
    constant(index): Tensor<Float32Array | Float64Array> | undefined {
      const state = at(index);
      if (state.kind !== 'constant') return undefined;
      if (node.op !== 'Reshape' || index !== 1) return state.value;
      return reshapeOfOneImage(state.value, context.shapeOf(at(0)), context.declaredBatch);
    },
    fail: (detail, hint) => fail('model', where, detail, hint),
  };
}

/** The shape that a Reshape states, for one image where it states a batch of several. */
function reshapeOfOneImage(wanted: Constant, input: Shape, declaredBatch: number): Constant {
  const [first = 0, ...rest] = wanted.data;
  if (declaredBatch === 1 || input[0] !== 1 || first <= 0 || first % declaredBatch !== 0) return wanted;
  if (first * elements(rest) === elements(input)) return wanted;
  return constant(wanted.dtype, wanted.shape, [first / declaredBatch, ...rest]);
}
