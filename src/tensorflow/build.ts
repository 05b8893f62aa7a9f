import type { ColorMap } from '../analysis/color-map.js';
import { fail, placed } from '../error.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { tensorFlowOps } from '../ops/index.js';
import { elements, type Layout, type Shape, type Tensor } from '../tensor.js';
import { attributeOf } from './attributes.js';
import { constant } from './constant.js';
import { filled } from './constant-arithmetic.js';
import { isMerge, isSwitch, mergeOutputs, switchOutputs } from './control-flow.js';
import { canEvaluate } from './evaluate.js';
import { GraphWriter } from './graph-writer.js';
import { type LoopFunction, loopOf } from './loops.js';
import { constantOf, describeNode, formatInput, type InputRef, type NodeDef } from './node.js';
import { type ViewContext, viewNode } from './node-view.js';
import { inputsOfOneImage } from './one-image.js';
import { constantOfState, constantState, type OutputState } from './output-state.js';
import { type PassThroughContext, passedInput } from './pass-through.js';
import { evaluateExtremes, randomUniform } from './random.js';
import type { Selection } from './select.js';
import { isCopy, isShapeQuery } from './structure.js';
import { isListType, listOutputs } from './tensor-lists.js';

/** Nodes that all loops of a graph may run together. */
const MOST_LOOP_NODES = 100_000;

/** How the selected nodes are to be read. */
export interface BuildOptions {
  readonly fileName: string;
  readonly inputShape: Shape;
  readonly inputLayout: Layout;
  /** Whether the input holds whole numbers from 0 to 255 only. */
  readonly inputBytes: boolean;
  /** What the nodes between a decoder of images and the input do to a color, where the file has them. */
  readonly decoded: ColorMap | undefined;
  /** Number of images that the file says are fed at once; 1 if it leaves that open. */
  readonly declaredBatch: number;
  readonly fakeQuant: 'use' | 'ignore';
}

/** A graph, and the nodes that are not in it. */
export interface Built {
  readonly graph: Graph;
  /** `"nms" (NonMaxSuppression)`, in network order. */
  readonly unsupported: readonly string[];
  /** Sentences about nodes that are run but may not be meant so. */
  readonly warnings: readonly string[];
}

/**
 * Turns selected nodes into a graph: constants and nodes that depend on constants alone are evaluated, copies vanish,
 * all others are read by the operators. Throws `model` for nodes that make no sense.
 */
export function buildGraph(selection: Selection, options: BuildOptions): Built {
  const builder = new Builder(selection, options);
  for (const node of selection.nodes) builder.add(node);
  return builder.finish();
}

class Builder {
  private readonly states = new Map<string, readonly OutputState[]>();
  private readonly writer: GraphWriter;
  private readonly context: ViewContext & PassThroughContext;
  /** Nodes that cannot be run, whether an output needs them or not. */
  private readonly failed = new Map<string, string>();
  private readonly warnings: string[] = [];
  private loopNodes = 0;

  constructor(
    private readonly selection: Selection,
    private readonly options: BuildOptions,
  ) {
    const isNchw = selection.nodes.some((node) => attributeOf(node, 'data_format') === 'NCHW');
    this.writer = new GraphWriter(isNchw ? 'NCHW' : 'NHWC');
    this.context = {
      ...options,
      shapeOf: (state) => (state.kind === 'value' ? this.writer.value(state.id) : constantOfState(state)).shape,
      layoutOf: (state) => (state.kind === 'value' ? this.writer.value(state.id).layout : this.writer.defaultLayout),
    };
  }

  /** Reads one node; its inputs were read before. Errors of operators that name no node get this one's. */
  add(node: NodeDef): void {
    try {
      this.states.set(node.name, this.outputsOf(node));
    } catch (error) {
      throw placed(error, () => `${this.options.fileName}: ${describeNode(node)}`);
    }
  }

  finish(): Built {
    const { fileName } = this.options;
    const outputs = this.selection.outputs.flatMap((ref) => this.wantedValues(ref));
    if (outputs.length === 0)
      fail(
        'model',
        fileName,
        `expected an output that depends on the input "${this.selection.input.name}", got none.`,
        'Name the wanted nodes with --output_layer.',
      );
    const known = outputs.filter((id): id is ValueId => id !== undefined);
    const { nodes, values } = this.writer;
    const graph = { name: fileName, nodes, values, inputs: [0], outputs: [...new Set(known)], names: this.names() };
    return { graph, unsupported: this.unsupported(), warnings: this.warnings };
  }

  private names(): Record<string, ValueId> {
    // Without a prototype, so that names such as "__proto__" are names like others.
    const names: Record<string, ValueId> = Object.create(null);
    for (const [name, states] of this.states) {
      for (const [index, state] of states.entries()) {
        if (state.kind !== 'value') continue;
        if (index === 0) names[name] = state.id;
        names[`${name}:${index}`] = state.id;
      }
    }
    return names;
  }

  /** The nodes that cannot be run and that a wanted output needs; those on a branch that is never taken are not needed. */
  private unsupported(): string[] {
    const { nodes, outputs } = this.selection;
    const needed = new Set(outputs.map((ref) => ref.node));
    const isOpen = (state: OutputState): boolean =>
      state.kind === 'unsupported' || (state.kind === 'constant' && state.value.random !== undefined);
    for (const node of [...nodes].reverse()) {
      if (needed.has(node.name) && this.outputs(node.name).some(isOpen))
        for (const ref of node.inputs) needed.add(ref.node);
    }
    return nodes.filter((node) => needed.has(node.name)).flatMap((node) => this.failed.get(node.name) ?? []);
  }

  /** The values of a wanted node, undefined for one that cannot be computed. Without names given, all its outputs that depend on the input. */
  private wantedValues(ref: InputRef): (ValueId | undefined)[] {
    if (!this.selection.whole) return [this.wantedValue(ref)];
    const states = this.outputs(ref.node).filter((state) => state.kind === 'value' || state.kind === 'unsupported');
    return states.map((state) => (state.kind === 'value' ? state.id : undefined));
  }

  private wantedValue(ref: InputRef): ValueId | undefined {
    const state = this.state(ref);
    if (state.kind === 'value') return state.id;
    if (state.kind === 'unsupported') return undefined;
    const op = this.selection.nodes.find((node) => node.name === ref.node)?.op ?? '';
    const got = state.kind === 'dead' ? 'one on a branch that is never taken' : 'one that does not';
    return fail(
      'model',
      `${this.options.fileName}: ${describeNode({ name: ref.node, op })}`,
      `expected an output that depends on the input "${this.selection.input.name}", got ${got}.`,
      'Choose other nodes with --output_layer.',
    );
  }

  private outputsOf(node: NodeDef): readonly OutputState[] {
    if (node.name === this.selection.input.name) return [this.input(node)];
    const stored = node.op === 'Const' ? constantOf(node) : undefined;
    if (stored !== undefined) return [constantState(stored)];
    const inputs = node.inputs.map((ref) => this.state(ref));
    if (isMerge(node.op)) return mergeOutputs(inputs);
    if (inputs.some((state) => state.kind === 'dead')) return [{ kind: 'dead' }];
    if (isSwitch(node.op)) return switchOutputs(node, inputs) ?? this.refused(node);
    if (node.op === 'IdentityN') return inputs;
    if (inputs.some((state) => state.kind === 'unsupported')) return this.behindUnsupported(node);
    if ((isCopy(node.op) || isShapeQuery(node.op)) && inputs.length === 0)
      fail('model', '', 'expected at least 1 input, got none.');
    if (isCopy(node.op)) return inputs.slice(0, 1);
    const loop = loopOf(node);
    if (loop !== undefined) return this.repeat(node, loop, inputs);
    if (isListType(node.op))
      return listOutputs(node, inputs, (part, of) => this.computed(part, of)) ?? this.refused(node);
    if (inputs.some((state) => state.kind === 'list')) return this.refused(node);
    const passed = passedInput(node, inputs, this.context);
    if (passed !== undefined) return [passed];
    if (isShapeQuery(node.op)) return this.shapeQuery(node, inputs);
    return this.computed(node, inputs) ?? this.refused(node);
  }

  private computed(node: NodeDef, inputs: readonly OutputState[]): readonly OutputState[] | undefined {
    return inputs.every((state) => state.kind === 'constant') ? this.evaluated(node, inputs) : this.read(node, inputs);
  }

  /** The last values of a loop's variables. Its body is read once for each turn; the condition must be known then. */
  private repeat(
    node: NodeDef,
    { condition, body }: { condition: LoopFunction; body: LoopFunction },
    inputs: readonly OutputState[],
  ): readonly OutputState[] {
    let variables = inputs;
    for (let turn = 0; ; turn++) {
      const failures = this.failed.size;
      const [goes] = this.call(condition, variables, turn);
      if (goes?.kind === 'constant' && !goes.value.data[0]) return variables;
      if (goes?.kind === 'constant' && this.loopNodes <= MOST_LOOP_NODES) variables = this.call(body, variables, turn);
      const inside = [...this.failed.values()].slice(failures);
      if (goes?.kind !== 'constant' || inside.length > 0 || this.loopNodes > MOST_LOOP_NODES)
        return this.refused(node, inside[0]);
    }
  }

  /** The results of a loop's function; its nodes are named after the turn. */
  private call(
    { args, nodes, results }: LoopFunction,
    given: readonly OutputState[],
    turn: number,
  ): readonly OutputState[] {
    args.forEach(({ node, output }, index) => {
      const states: OutputState[] = new Array(output).fill({ kind: 'dead' });
      this.states.set(node, [...states, given[index] ?? { kind: 'dead' }]);
    });
    this.loopNodes += nodes.length;
    for (const node of nodes) this.states.set(node.name, this.outputsOf({ ...node, name: `${node.name}/${turn}` }));
    return results.map((ref) => this.state(ref));
  }

  private input(node: NodeDef): OutputState {
    const { inputShape: shape, inputLayout, inputBytes, decoded } = this.options;
    const attrs = { shape, ...(inputBytes && { bytes: true }), ...(decoded !== undefined && { decoded }) };
    return { kind: 'value', id: this.writer.addInput(node, attrs, inputLayout) };
  }

  private shapeQuery(node: NodeDef, inputs: readonly OutputState[]): readonly OutputState[] {
    const dtype = (attributeOf(node, 'out_type') as string | undefined) ?? 'DT_INT32';
    return inputs.map(this.context.shapeOf).map((shape) => {
      if (node.op === 'ZerosLike' || node.op === 'OnesLike')
        return constantState(
          filled(String(attributeOf(node, 'T') ?? 'DT_FLOAT'), shape, node.op === 'OnesLike' ? 1 : 0),
        );
      if (node.op === 'Size') return constantState(constant(dtype, [], [elements(shape)]));
      if (node.op === 'Rank') return constantState(constant(dtype, [], [shape.length]));
      return constantState(constant(dtype, [shape.length], shape));
    });
  }

  private evaluated(node: NodeDef, states: readonly OutputState[]): readonly OutputState[] | undefined {
    const inputs = states.map(constantOfState);
    const [shape] = inputs;
    if (node.op === 'RandomUniform' && shape !== undefined) return [constantState(randomUniform(shape, node.name))];
    const view = viewNode(node, states, this.context);
    return evaluateExtremes({ type: node.op, attr: view.attr, inputs, node: view })?.map(constantState);
  }

  /** The node as the first operator reads it that can; undefined if none can. */
  private read(node: NodeDef, given: readonly OutputState[]): readonly OutputState[] | undefined {
    const inputs = inputsOfOneImage(node.op, given, this.options.declaredBatch, this.context.shapeOf);
    for (const state of inputs)
      if (state.kind === 'constant' && state.value.random !== undefined)
        return this.refused({ ...node, name: state.value.random.source, op: 'RandomUniform' });
    const view = viewNode(node, inputs, this.context);
    for (const op of tensorFlowOps(node.op)) {
      const reading = op.tensorflow?.read(view);
      if (reading === undefined) continue;
      if (op.name === 'instance-norm') this.warnOfTraining(node, reading.params);
      return this.writer.addOperator(node, op, reading, inputs).map((id) => ({ kind: 'value', id }));
    }
    return undefined;
  }

  /** A batch norm with a learned scale or offset that is in training mode; a layer norm has neither. */
  private warnOfTraining(node: NodeDef, [scale, offset]: readonly Tensor[]): void {
    if (scale?.data.every((value) => value === 1) && offset?.data.every((value) => value === 0)) return;
    this.warnings.push(
      `${describeNode(node)} is in training mode and normalises each image by its own mean and variance. If the network was trained with batch norms, freeze it for inference (is_training False, learning phase 0).`,
    );
  }

  /** A node behind one that cannot be run is named too if its type alone shows that it cannot be run either. */
  private behindUnsupported(node: NodeDef): readonly OutputState[] {
    return tensorFlowOps(node.op).length > 0 ||
      canEvaluate(node.op) ||
      isCopy(node.op) ||
      isShapeQuery(node.op) ||
      isListType(node.op)
      ? [{ kind: 'unsupported' }]
      : this.refused(node);
  }

  /** `cause`: what is said of the node; its name and type unless stated. */
  private refused({ name, op }: NodeDef, cause = `"${name}" (${op})`): readonly OutputState[] {
    this.failed.set(name, cause);
    return [{ kind: 'unsupported' }];
  }

  /** All outputs of a node that was read. */
  private outputs(name: string): readonly OutputState[] {
    return this.states.get(name) ?? fail('internal', this.options.fileName, `expected "${name}" to be read before.`);
  }

  private state(ref: InputRef): OutputState {
    const states = this.outputs(ref.node);
    const [first] = states;
    if (states.length === 1 && (first?.kind === 'dead' || first?.kind === 'unsupported')) return first;
    const last = states.length > 1 ? ` to ${states.length - 1}` : '';
    return (
      states[ref.output] ??
      fail(
        'unsupported',
        this.options.fileName,
        `expected a use of output 0${last} of "${ref.node}", got one of "${formatInput(ref)}".`,
        'Use --output_layer to stop before it.',
      )
    );
  }
}
