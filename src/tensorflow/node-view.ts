import { fail } from '../error.js';
import type { TensorFlowNode } from '../ops/op.js';
import type { Layout, Shape, Tensor } from '../tensor.js';
import { attributeOf } from './attributes.js';
import { describeNode, type NodeDef } from './node.js';
import { sizesOfOneImage } from './one-image.js';
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
    attr: (name) => attributeOf(node, name),
    inputCount: inputs.length,
    inputShape: (index) => context.shapeOf(at(index)),
    inputLayout: (index) => context.layoutOf(at(index)),
    constant(index): Tensor<Float32Array | Float64Array> | undefined {
      const state = at(index);
      if (state.kind !== 'constant') return undefined;
      if (state.value.dtype === 'DT_STRING') fail('model', where, 'expected constants of numbers, got text.');
      return sizesOfOneImage(node.op, index, state.value, context.shapeOf(at(0)), context.declaredBatch);
    },
    fail: (detail, hint) => fail('model', where, detail, hint),
  };
}
