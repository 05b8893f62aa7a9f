import { fail } from '../error.js';
import { expectFeasible } from '../graph/feasible.js';
import type { GraphNode, Value, ValueId } from '../graph/graph.js';
import type { InputAttrs } from '../ops/input.js';
import type { Op, TensorFlowReading } from '../ops/op.js';
import { elements, type Layout, type Shape } from '../tensor.js';
import { type Constant, charge } from './constant.js';
import { formatInput, type NodeDef } from './node.js';
import type { OutputState } from './output-state.js';

/** Collects the nodes and values of a graph. `defaultLayout` is that of values whose layout nothing states. */
export class GraphWriter {
  readonly nodes: GraphNode[] = [];
  readonly values: Value[] = [];

  constructor(readonly defaultLayout: Layout) {}

  /** A value of the graph. Throws `internal` for an id that was not given out. */
  value(id: ValueId): Value {
    return this.values[id] ?? fail('internal', '', `expected value ${id}, got none.`);
  }

  /** The node that is fed. */
  addInput(node: NodeDef, attrs: InputAttrs, layout: Layout): ValueId {
    const id = this.addValue(node.name, attrs.shape, layout);
    this.addNode({ name: node.name, op: 'input', type: node.op, attrs, outputs: [id] });
    return id;
  }

  /**
   * A node as an operator reads it, followed by a reshape where the reading has one. `states` are the node's
   * inputs in the file. Returns the node's outputs. Throws `model` for empty outputs and what the operator rejects.
   */
  addOperator(
    node: NodeDef,
    op: Op,
    reading: TensorFlowReading<any>,
    states: readonly OutputState[],
  ): readonly ValueId[] {
    const inputs = reading.inputs.map((index) => this.valueOf(node, index, states[index]));
    const shapes = op.shape(
      reading.attrs,
      inputs.map((id) => this.value(id).shape),
    );
    shapes.forEach(expectNotEmpty);
    const layout = this.layoutOf(op, reading.attrs, inputs, shapes[0]);
    const outputs = shapes.map((shape, output) =>
      this.addValue(formatInput({ node: node.name, output }), shape, layout),
    );
    const { attrs, params, reshape } = reading;
    this.addNode({ name: node.name, op: op.name, type: node.op, attrs, inputs, outputs, params });
    const [first, ...others] = outputs;
    if (reshape === undefined || first === undefined) return outputs;
    return [this.addReshape(node.name, first, reshape), ...others];
  }

  private addReshape(name: string, input: ValueId, shape: Shape): ValueId {
    const id = this.addValue(name, shape, this.defaultLayout, 1);
    const attrs = { dims: shape, axis: 0, numAxes: -1 };
    this.addNode({ name: `${name}:reshape`, op: 'reshape', type: 'Reshape', attrs, inputs: [input], outputs: [id] });
    return id;
  }

  /** The value of an input; a constant becomes a node of its own. */
  private valueOf(node: NodeDef, index: number, state: OutputState | undefined): ValueId {
    if (state?.kind === 'value') return state.id;
    if (state?.kind === 'constant') return this.addConstant(`${node.name}:constant${index}`, state.value);
    return fail('model', '', `expected a value or a constant as input ${index}, got ${state?.kind ?? 'none'}.`);
  }

  private addConstant(name: string, { dtype, shape, data }: Constant): ValueId {
    if (dtype === 'DT_STRING') fail('model', '', 'expected constants of numbers, got text.');
    charge(data.length);
    const id = this.addValue(name, shape, this.defaultLayout);
    const params = [{ shape, data: Float32Array.from(data) }];
    this.addNode({ name, op: 'constant', type: 'Const', attrs: { shape }, outputs: [id], params });
    return id;
  }

  private addNode(
    node: Pick<GraphNode, 'name' | 'op' | 'type' | 'attrs' | 'outputs'> & Partial<Pick<GraphNode, 'inputs' | 'params'>>,
  ): void {
    const { name, op, type, attrs, inputs = [], outputs, params = [] } = node;
    this.nodes.push({ name, op, type, attrs, inputs, outputs, params, where: '' });
  }

  private addValue(blob: string, shape: Shape, layout: Layout, version = 0): ValueId {
    expectFeasible(shape);
    return this.values.push({ id: this.values.length, blob, version, shape, layout }) - 1;
  }

  /** Spatial ops state their layout, a permutation of four axes may change it, everything else keeps its input's. */
  private layoutOf(
    op: Op,
    attrs: { layout?: Layout; order?: readonly number[] },
    inputs: readonly ValueId[],
    shape: Shape | undefined,
  ): Layout {
    if (attrs.layout !== undefined) return attrs.layout;
    const first = inputs.map((id) => this.value(id)).find((value) => value.shape.length === 4);
    if (first === undefined || shape?.length !== 4) return this.defaultLayout;
    const order = op.name === 'permute' ? attrs.order?.join() : undefined;
    if (order === '0,3,1,2') return 'NCHW';
    return order === '0,2,3,1' ? 'NHWC' : first.layout;
  }
}

function expectNotEmpty(shape: Shape): void {
  if (elements(shape) > 0) return;
  fail(
    'model',
    '',
    `expected an output that is not empty, got shape [${shape.join(', ')}].`,
    'The input may be too small; enlarge it with --dims.',
  );
}
