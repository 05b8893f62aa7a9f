import { fail, placed } from '../error.js';
import type { Graph, GraphNode, Value, ValueId } from '../graph/graph.js';
import { tensorFlowOps } from '../ops/index.js';
import type { Op, TensorFlowNode, TensorFlowReading } from '../ops/op.js';
import { broadcastShape } from '../ops/support/broadcast.js';
import { elements, type Layout, type Shape, type Tensor } from '../tensor.js';
import { type Constant, constant, isFloat } from './constant.js';
import { canEvaluate } from './evaluate.js';
import { constantOf, describeNode, formatInput, type InputRef, type NodeDef } from './node.js';
import { evaluateExtremes, randomUniform } from './random.js';
import type { Selection } from './select.js';
import { isCopy, isShapeQuery, isVariable } from './structure.js';

/** What an output of a node is while the graph is built. */
type State =
  | { readonly kind: 'constant'; readonly value: Constant }
  | { readonly kind: 'value'; readonly id: ValueId }
  /** The branch of a Switch that is not taken, and what depends on it. */
  | { readonly kind: 'dead' }
  /** Depends on a node we cannot run. */
  | { readonly kind: 'unknown' };

/** What the importer is told beside the nodes. */
export interface BuildOptions {
  readonly fileName: string;
  readonly inputShape: Shape;
  readonly inputLayout: Layout;
  /** How many images the file says are fed at once; 1 if it leaves that open. */
  readonly declaredBatch: number;
  readonly fakeQuant: 'use' | 'ignore';
}

/** A graph, and what is not in it. */
export interface Built {
  readonly graph: Graph;
  /** `"nms" (NonMaxSuppression)`, in network order. */
  readonly unsupported: readonly string[];
}

/**
 * Turns selected nodes into a graph: constants and what depends on them alone are evaluated, copies vanish, the rest
 * is read by the operators' contract. Throws `model` for nodes that make no sense, `unsupported` for variables.
 */
export function buildGraph(selection: Selection, options: BuildOptions): Built {
  refuseVariables(selection.nodes, options.fileName);
  const builder = new Builder(selection, options);
  for (const node of selection.nodes) builder.add(node);
  return builder.finish();
}

function refuseVariables(nodes: readonly NodeDef[], fileName: string): void {
  const found = nodes.filter((node) => isVariable(node.op));
  if (found.length === 0) return;
  const names = found
    .slice(0, 5)
    .map((node) => `"${node.name}" (${node.op})`)
    .join(', ');
  const more = found.length > 5 ? ` and ${found.length - 5} more` : '';
  fail(
    'model',
    fileName,
    `expected a frozen graph, got ${found.length} variables whose values are not in the file: ${names}${more}.`,
    'Freeze it first (convert_variables_to_constants).',
  );
}

class Builder {
  private readonly states = new Map<string, readonly State[]>();
  private readonly nodes: GraphNode[] = [];
  private readonly values: Value[] = [];
  /** Nodes we cannot run, wanted or not. */
  private readonly failed = new Set<string>();
  private readonly defaultLayout: Layout;

  constructor(
    private readonly selection: Selection,
    private readonly options: BuildOptions,
  ) {
    this.defaultLayout = selection.nodes.some((node) => node.attrs['data_format'] === 'NCHW') ? 'NCHW' : 'NHWC';
  }

  add(node: NodeDef): void {
    this.states.set(
      node.name,
      this.placed(node, () => this.outputsOf(node)),
    );
  }

  finish(): Built {
    const outputs = this.selection.outputs.flatMap((ref) => this.wanted(ref));
    const names: Record<string, ValueId> = {};
    for (const [name, states] of this.states) {
      states.forEach((state, index) => {
        if (state.kind !== 'value') return;
        if (index === 0) names[name] = state.id;
        names[`${name}:${index}`] = state.id;
      });
    }
    if (outputs.length === 0)
      fail(
        'model',
        this.options.fileName,
        `expected an output that depends on the input "${this.selection.input.name}", got none.`,
        'Name the wanted nodes with --output_layer.',
      );
    const known = outputs.filter((id): id is ValueId => id !== undefined);
    const graph = {
      name: this.options.fileName,
      nodes: this.nodes,
      values: this.values,
      inputs: [0],
      outputs: [...new Set(known)],
      names,
    };
    return { graph, unsupported: this.unsupported() };
  }

  /** Of the nodes we cannot run those a wanted output needs: not the ones on a branch that is never taken. */
  private unsupported(): string[] {
    const { nodes, outputs } = this.selection;
    const needed = new Set(outputs.map((ref) => ref.node));
    for (const node of [...nodes].reverse()) {
      const open =
        needed.has(node.name) &&
        this.states
          .get(node.name)!
          .some((state) => state.kind === 'unknown' || (state.kind === 'constant' && state.value.random !== undefined));
      if (open) for (const ref of node.inputs) needed.add(ref.node);
    }
    return nodes
      .filter((node) => needed.has(node.name) && this.failed.has(node.name))
      .map((node) => `"${node.name}" (${node.op})`);
  }

  /** Without names given: every output of a node that turns out to depend on the input. */
  private wanted(ref: InputRef): (ValueId | undefined)[] {
    if (!this.selection.whole) return [this.output(ref)];
    const states = this.states.get(ref.node)!.filter((state) => state.kind === 'value' || state.kind === 'unknown');
    return states.map((state) => (state.kind === 'value' ? state.id : undefined));
  }

  private output(ref: InputRef): ValueId | undefined {
    const state = this.state(ref);
    if (state.kind === 'value') return state.id;
    if (state.kind === 'unknown') return undefined;
    const node = this.selection.nodes.find((candidate) => candidate.name === ref.node)!;
    const got = state.kind === 'dead' ? 'one on a branch that is never taken' : 'one that does not';
    return fail(
      'model',
      `${this.options.fileName}: ${describeNode(node)}`,
      `expected an output that depends on the input "${this.selection.input.name}", got ${got}.`,
      'Choose other nodes with --output_layer.',
    );
  }

  private outputsOf(node: NodeDef): readonly State[] {
    if (node.name === this.selection.input.name) return [this.input(node)];
    const stored = node.op === 'Const' ? constantOf(node) : undefined;
    if (stored !== undefined) return [{ kind: 'constant', value: stored }];
    const inputs = node.inputs.map((ref) => this.state(ref));
    if (node.op === 'Merge' || node.op === 'RefMerge') return merge(inputs);
    if (inputs.some((state) => state.kind === 'dead')) return [{ kind: 'dead' }];
    if (node.op === 'Switch' || node.op === 'RefSwitch') return this.switched(node, inputs);
    if (inputs.some((state) => state.kind === 'unknown')) return this.beyond(node);
    if (isCopy(node.op)) return node.op === 'IdentityN' ? inputs : inputs.slice(0, 1);
    const passed = this.passedOn(node, inputs);
    if (passed !== undefined) return [passed];
    if (isShapeQuery(node.op)) return this.query(node, inputs);
    if (inputs.every((state) => state.kind === 'constant')) return this.evaluated(node, inputs) ?? this.refused(node);
    return this.read(node, inputs) ?? this.refused(node);
  }

  /**
   * The input a node passes on: casts between types we keep as float32, ranges of quantization that are to be ignored, products with
   * 1 and choices that are certain (a dropout that keeps everything).
   */
  private passedOn(node: NodeDef, inputs: readonly State[]): State | undefined {
    const target = node.attrs['DstT'] as string;
    const [first, second] = inputs;
    if (node.op === 'Cast')
      return (isFloat(target) || target === 'DT_DOUBLE') && first!.kind === 'value' ? first : undefined;
    if (node.op.startsWith('FakeQuantWithMinMax')) return this.options.fakeQuant === 'ignore' ? first : undefined;
    const all = (state: State | undefined, wanted: number): boolean =>
      state?.kind === 'constant' &&
      state.value.random === undefined &&
      state.value.data.every((value) => value === wanted);
    const kept =
      node.op === 'Mul' && all(first, 1)
        ? second
        : (node.op === 'Mul' || node.op === 'RealDiv') && all(second, 1)
          ? first
          : /^Select(V2)?$/.test(node.op) && all(first, 1)
            ? second
            : undefined;
    if (kept?.kind !== 'value') return undefined;
    const shape = inputs.map((state) => this.shape(state)).reduce(broadcastShape);
    return elements(shape) === elements(this.shape(kept)) && shape.length === this.shape(kept).length
      ? kept
      : undefined;
  }

  private input(node: NodeDef): State {
    const id = this.value(node.name, this.options.inputShape, this.options.inputLayout);
    this.nodes.push({
      name: node.name,
      op: 'input',
      type: node.op,
      attrs: { shape: this.options.inputShape },
      inputs: [],
      outputs: [id],
      params: [],
      where: '',
    });
    return { kind: 'value', id };
  }

  private switched(node: NodeDef, [data, predicate]: readonly State[]): readonly State[] {
    if (predicate!.kind !== 'constant') return this.refused(node);
    const taken = predicate!.value.data[0] !== 0 ? 1 : 0;
    return [0, 1].map((branch) => (branch === taken ? data! : { kind: 'dead' }));
  }

  private query(node: NodeDef, inputs: readonly State[]): readonly State[] {
    const dtype = (node.attrs['out_type'] as string | undefined) ?? 'DT_INT32';
    const shapes = inputs.map((state) => this.shape(state));
    const results =
      node.op === 'Size'
        ? [constant(dtype, [], [elements(shapes[0]!)])]
        : node.op === 'Rank'
          ? [constant(dtype, [], [shapes[0]!.length])]
          : shapes.map((shape) => constant(dtype, [shape.length], shape));
    return results.map((value) => ({ kind: 'constant', value }));
  }

  private evaluated(node: NodeDef, inputs: readonly State[]): readonly State[] | undefined {
    const constants = inputs.map((state) => (state as { value: Constant }).value);
    if (node.op === 'RandomUniform') return [{ kind: 'constant', value: randomUniform(constants[0]!, node.name) }];
    const results = evaluateExtremes({
      type: node.op,
      attr: (name) => node.attrs[name],
      inputs: constants,
      node: this.view(node, inputs),
    });
    return results?.map((value) => ({ kind: 'constant', value }));
  }

  private read(node: NodeDef, inputs: readonly State[]): readonly State[] | undefined {
    const drawn = inputs.flatMap((state) =>
      state.kind === 'constant' && state.value.random !== undefined ? [state.value.random.source] : [],
    )[0];
    if (drawn !== undefined) return this.refused(this.selection.nodes.find((other) => other.name === drawn)!);
    const view = this.view(node, inputs);
    for (const op of tensorFlowOps(node.op)) {
      const reading = op.tensorflow!.read(view);
      if (reading !== undefined) return this.place(node, op, reading, inputs);
    }
    return undefined;
  }

  private place(node: NodeDef, op: Op, reading: TensorFlowReading<any>, states: readonly State[]): readonly State[] {
    const inputs = reading.inputs.map((index) => this.materialised(node, index, states[index]!));
    const shapes = op.shape(
      reading.attrs,
      inputs.map((id) => this.values[id]!.shape),
    );
    if (shapes.some((shape) => elements(shape) === 0))
      fail(
        'model',
        '',
        `expected an output that is not empty, got shape [${shapes[0]!.join(', ')}].`,
        'The input may be too small; enlarge it with --dims.',
      );
    const layout = this.layoutOf(op, reading.attrs, inputs, shapes[0]!);
    const outputs = shapes.map((shape, index) =>
      this.value(formatInput({ node: node.name, output: index }), shape, layout),
    );
    this.nodes.push({
      name: node.name,
      op: op.name,
      type: node.op,
      attrs: reading.attrs,
      inputs,
      outputs,
      params: reading.params,
      where: '',
    });
    if (reading.reshape === undefined) return outputs.map((id) => ({ kind: 'value', id }));
    return [{ kind: 'value', id: this.reshaped(node.name, outputs[0]!, reading.reshape) }];
  }

  private reshaped(name: string, input: ValueId, shape: Shape): ValueId {
    const id = this.value(name, shape, this.defaultLayout, 1);
    this.nodes.push({
      name: `${name}:reshape`,
      op: 'reshape',
      type: 'Reshape',
      attrs: { dims: shape, axis: 0, numAxes: -1 },
      inputs: [input],
      outputs: [id],
      params: [],
      where: '',
    });
    return id;
  }

  /** The id of an input; a constant becomes a node. */
  private materialised(node: NodeDef, index: number, state: State): ValueId {
    if (state.kind === 'value') return state.id;
    const { shape, data } = (state as { value: Constant }).value;
    const name = `${node.name}:constant${index}`;
    const id = this.value(name, shape, this.defaultLayout);
    this.nodes.push({
      name,
      op: 'constant',
      type: 'Const',
      attrs: { shape },
      inputs: [],
      outputs: [id],
      params: [{ shape, data: Float32Array.from(data) }],
      where: '',
    });
    return id;
  }

  /** Spatial ops state their layout, a permutation of four axes may change it, everything else keeps its input's. */
  private layoutOf(
    op: Op,
    attrs: { layout?: Layout; order?: readonly number[] },
    inputs: readonly ValueId[],
    shape: Shape,
  ): Layout {
    if (attrs.layout !== undefined) return attrs.layout;
    const first = inputs.map((id) => this.values[id]!).find((value) => value.shape.length === 4);
    if (first === undefined || shape.length !== 4) return this.defaultLayout;
    const order = op.name === 'permute' ? attrs.order?.join() : undefined;
    if (order === '0,3,1,2') return 'NCHW';
    return order === '0,2,3,1' ? 'NHWC' : first.layout;
  }

  private value(blob: string, shape: Shape, layout: Layout, version = 0): ValueId {
    return this.values.push({ id: this.values.length, blob, version, shape, layout }) - 1;
  }

  /** A node behind one we cannot run is named too if its type alone shows that we cannot run it. */
  private beyond(node: NodeDef): readonly State[] {
    return tensorFlowOps(node.op).length > 0 || canEvaluate(node.op) || isCopy(node.op) || isShapeQuery(node.op)
      ? [{ kind: 'unknown' }]
      : this.refused(node);
  }

  private refused(node: NodeDef): readonly State[] {
    this.failed.add(node.name);
    return [{ kind: 'unknown' }];
  }

  private state(ref: InputRef): State {
    const states = this.states.get(ref.node)!;
    const [first] = states;
    if (states.length === 1 && (first!.kind === 'dead' || first!.kind === 'unknown')) return first!;
    return (
      states[ref.output] ??
      fail(
        'unsupported',
        this.options.fileName,
        `expected a use of output 0${states.length > 1 ? ` to ${states.length - 1}` : ''} of "${ref.node}", got one of "${formatInput(ref)}".`,
        'Use --output_layer to stop before it.',
      )
    );
  }

  private shape(state: State): Shape {
    return state.kind === 'value' ? this.values[state.id]!.shape : (state as { value: Constant }).value.shape;
  }

  private view(node: NodeDef, inputs: readonly State[]): TensorFlowNode {
    const at = (index: number): State =>
      inputs[index] ??
      fail(
        'model',
        `${this.options.fileName}: ${describeNode(node)}`,
        `expected at least ${index + 1} inputs, got ${inputs.length}.`,
      );
    return {
      name: node.name,
      type: node.op,
      attr: (name) => node.attrs[name],
      inputCount: inputs.length,
      inputShape: (index) => this.shape(at(index)),
      inputLayout: (index) => {
        const state = at(index);
        return state.kind === 'value' ? this.values[state.id]!.layout : this.defaultLayout;
      },
      constant: (index): Tensor<Float32Array | Float64Array> | undefined => {
        const state = at(index);
        if (state.kind !== 'constant') return undefined;
        return node.op === 'Reshape' && index === 1 ? this.forOneImage(state.value, this.shape(at(0))) : state.value;
      },
      fail: (detail, hint) => fail('model', `${this.options.fileName}: ${describeNode(node)}`, detail, hint),
    };
  }

  /** The shape a Reshape asks for, where a batch of several images is baked into it. */
  private forOneImage(wanted: Constant, input: Shape): Constant {
    const { declaredBatch } = this.options;
    const [first, ...rest] = Array.from(wanted.data) as [number, ...number[]];
    const fits = rest.reduce((product, size) => product * size, first) === elements(input);
    if (
      declaredBatch === 1 ||
      wanted.data.length === 0 ||
      fits ||
      input[0] !== 1 ||
      first <= 0 ||
      first % declaredBatch !== 0
    )
      return wanted;
    return constant(wanted.dtype, wanted.shape, [first / declaredBatch, ...rest]);
  }

  /** Errors of the operators' contract that name no place get the node's. */
  private placed<T>(node: NodeDef, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw placed(error, () => `${this.options.fileName}: ${describeNode(node)}`);
    }
  }
}

/** The live input, and its index as TensorFlow's second output. */
function merge(inputs: readonly State[]): readonly State[] {
  const live = inputs.findIndex((state) => state.kind !== 'dead');
  if (live < 0) return [{ kind: 'dead' }];
  if (inputs[live]!.kind === 'unknown') return [{ kind: 'unknown' }];
  return [inputs[live]!, { kind: 'constant', value: constant('DT_INT32', [], [live]) }];
}
