import { fail } from '../error.js';
import {
  consumers,
  describe,
  type Graph,
  type GraphNode,
  producers,
  type Value,
  type ValueId,
} from '../graph/graph.js';
import { type NodeShapes, shapesOf } from '../graph/shapes.js';
import { ruleOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import { accumulates } from './traits.js';

/** A rule of one kind. */
export type RuleOf<K extends Rule['kind']> = Rule & { readonly kind: K };

/**
 * A graph with what follows from its structure and its operators' rules: the writer and the readers of each value, how each node
 * is quantized, and which activation is computed together with the layer before it. Calibration, emulator, verifier,
 * checks and rescaling read these facts here. Nodes are named by their index in `graph.nodes`, values by their id.
 */
export class AnalysedGraph {
  /** For each node how it is quantized. */
  readonly rules: readonly Rule[];
  /** For each node the sizes it works on. */
  readonly shapes: readonly NodeShapes[];
  /** For each value the node that writes it; -1 if none. */
  readonly writers: Int32Array;
  /** For each value the nodes that read it, ascending, each once. */
  readonly readers: readonly (readonly number[])[];
  private readonly indices: ReadonlyMap<string, number>;

  constructor(readonly graph: Graph) {
    this.shapes = graph.nodes.map((node) => shapesOf(graph, node));
    this.rules = graph.nodes.map((node, index) => ruleOf(node, this.shapesOf(index)));
    this.writers = producers(graph);
    this.readers = consumers(graph).map((indices) => [...new Set(indices)]);
    this.indices = new Map(graph.nodes.map(({ name }, index) => [name, index]));
  }

  node(index: number): GraphNode {
    return known(this.graph.nodes[index], `node ${index}`);
  }

  value(id: ValueId): Value {
    return known(this.graph.values[id], `value ${id}`);
  }

  rule(index: number): Rule {
    return known(this.rules[index], `node ${index}`);
  }

  /** The rule of a node that is known to be of a kind. */
  ruleOf<K extends Rule['kind']>(index: number, kind: K): RuleOf<K> {
    const rule = this.rule(index);
    return hasKind(rule, kind)
      ? rule
      : fail('internal', describe(this.node(index)), `expected a rule of kind ${kind}, got ${rule.kind}.`);
  }

  shapesOf(index: number): NodeShapes {
    return known(this.shapes[index], `node ${index}`);
  }

  /** The node of a name, undefined if there is none. */
  indexOf(name: string): number | undefined {
    return this.indices.get(name);
  }

  /** The node that writes a value. */
  writerOf(id: ValueId): number {
    return known(this.writers[id], `value ${id}`);
  }

  readersOf(id: ValueId): readonly number[] {
    return known(this.readers[id], `value ${id}`);
  }

  /** The first input of a node; layers of most kinds have no other. */
  input(index: number): ValueId {
    return known(this.node(index).inputs[0], `an input of node ${index}`);
  }

  /** The first output of a node; layers of most kinds have no other. */
  output(index: number): ValueId {
    return known(this.node(index).outputs[0], `an output of node ${index}`);
  }

  /** The activation that is the only reader of a node's result; null: none. */
  soleActivation(index: number): number | null {
    const [next, ...others] = this.readersOf(this.output(index));
    return next !== undefined && others.length === 0 && this.rule(next).kind === 'activation' ? next : null;
  }

  /** The activations that read a value. */
  activationsOf(id: ValueId): number[] {
    return this.readersOf(id).filter((index) => this.rule(index).kind === 'activation');
  }

  /** The layer whose accumulator an activation is computed from on the overlay: the weighted layer or Eltwise before it; null: none. */
  accumulatingLayer(index: number): number | null {
    const writer = this.writerOf(this.input(index));
    if (writer < 0) return null;
    return accumulates(this.rule(writer)) ? writer : null;
  }

  /** Whether a value is an output of the network, or is read by a node that is no activation, or by none. */
  isReadUnactivated(id: ValueId): boolean {
    const readers = this.readersOf(id);
    const isActivation = (index: number): boolean => this.rule(index).kind === 'activation';
    return this.graph.outputs.includes(id) || readers.length === 0 || !readers.every(isActivation);
  }
}

const analysed = new WeakMap<Graph, AnalysedGraph>();

/** The analysis of a graph, made once for each graph. */
export function analyse(graph: Graph): AnalysedGraph {
  const found = analysed.get(graph) ?? new AnalysedGraph(graph);
  analysed.set(graph, found);
  return found;
}

function hasKind<K extends Rule['kind']>(rule: Rule, kind: K): rule is RuleOf<K> {
  return rule.kind === kind;
}

function known<T>(one: T | undefined, what: string): T {
  return one ?? fail('internal', 'graph', `expected ${what}, got none.`);
}
