import { fail } from '../error.js';
import { attributeOf } from './attributes.js';
import { outputIndex } from './function-outputs.js';
import { describeNode, type InputRef, type NodeDef } from './node.js';
import { AttributeOfCall, type FunctionDef, type GraphFile } from './read-graph.js';

/** Types that run the function of their attribute `f`. */
const calls: ReadonlySet<string> = new Set(['PartitionedCall', 'StatefulPartitionedCall']);
/** Types that run one of two functions, chosen by their first input. */
const conditionals: ReadonlySet<string> = new Set(['If', 'StatelessIf']);

/** Functions that call each other more deeply than this call themselves. */
const DEEPEST = 64;

/**
 * The nodes of a graph with its function calls replaced by the nodes of the functions, named `call/node`. The call
 * stays as an IdentityN of the results, so that its name keeps its meaning. An If becomes both branches between
 * Switch and Merge nodes. Throws `model` for functions that are not in the library, `unsupported` for recursion.
 */
export function inlineFunctions({ nodes, functions }: GraphFile, fileName: string): readonly NodeDef[] {
  if (functions.length === 0) return nodes;
  return new Inliner(functions, fileName, new Set(nodes.map((node) => node.name))).expand(nodes, 0);
}

class Inliner {
  private readonly library: ReadonlyMap<string, FunctionDef>;

  constructor(
    functions: readonly FunctionDef[],
    private readonly fileName: string,
    private readonly names: Set<string>,
  ) {
    this.library = new Map(functions.map((definition) => [definition.name, definition]));
  }

  expand(nodes: readonly NodeDef[], depth: number): NodeDef[] {
    return nodes.flatMap((node) => {
      const expanded = this.replacement(node);
      if (expanded === undefined) return [node];
      if (depth === DEEPEST)
        fail(
          'unsupported',
          `${this.fileName}: ${describeNode(node)}`,
          'expected functions that end, got one that calls itself.',
          'Use --output_layer to stop before it.',
        );
      return this.expand(expanded, depth + 1);
    });
  }

  /** The nodes that a call stands for; undefined for other nodes. */
  private replacement(node: NodeDef): NodeDef[] | undefined {
    if (conditionals.has(node.op)) return this.branches(node);
    const name = calls.has(node.op) ? attributeOf(node, 'f') : node.op;
    const definition = typeof name === 'string' ? this.library.get(name) : undefined;
    if (definition === undefined) return calls.has(node.op) ? this.missing(node, name) : undefined;
    const { nodes, results } = this.body(definition, node, node.inputs, node.name);
    return [...nodes, { name: node.name, op: 'IdentityN', inputs: results, attrs: {} }];
  }

  private branches(node: NodeDef): NodeDef[] {
    const [predicate, ...inputs] = node.inputs;
    if (predicate === undefined) return this.missing(node, 'predicate');
    const split = (prefix: string, refs: readonly InputRef[]): NodeDef[] =>
      refs.map((data, index) => ({
        name: this.unused(`${node.name}/${prefix}${index}`),
        op: 'Switch',
        inputs: [data, predicate],
        attrs: {},
      }));
    const switches = split('switch', inputs);
    const [ifFalse, ifTrue] = ['else_branch', 'then_branch'].map((attribute, branch) => {
      const definition =
        this.library.get(String(attributeOf(node, attribute))) ?? this.missing(node, attributeOf(node, attribute));
      const taken = switches.map(({ name }) => ({ node: name, output: branch }));
      const { nodes, results } = this.body(definition, node, taken, `${node.name}/${attribute}`);
      // A result that does not depend on an input of the branch belongs to it by this Switch alone.
      const ends = split(`${attribute}_result`, results);
      return { nodes: [...nodes, ...ends], results: ends.map(({ name }) => ({ node: name, output: branch })) };
    });
    const merges = (ifTrue?.results ?? []).map((result, index): NodeDef => {
      const other = ifFalse?.results[index] ?? result;
      return { name: this.unused(`${node.name}/merge${index}`), op: 'Merge', inputs: [other, result], attrs: {} };
    });
    const results = merges.map(({ name }) => ({ node: name, output: 0 }));
    const whole: NodeDef = { name: node.name, op: 'IdentityN', inputs: results, attrs: {} };
    const body = [...(ifFalse?.nodes ?? []), ...(ifTrue?.nodes ?? [])];
    const read = new Set(body.flatMap(({ inputs: refs }) => refs.map((ref) => ref.node)));
    return [...switches.filter(({ name }) => read.has(name)), ...body, ...merges, whole];
  }

  /** The nodes of a function called with these arguments, named after `prefix`, and the outputs that are its results. */
  private body(
    definition: FunctionDef,
    call: NodeDef,
    given: readonly InputRef[],
    prefix: string,
  ): { nodes: NodeDef[]; results: InputRef[] } {
    const args = new Map(definition.inputs.map((name, index) => [name, given[index]]));
    const types = new Map(definition.nodes.map((node) => [node.name, node.op]));
    const names = new Map(definition.nodes.map(({ name }) => [name, this.unused(`${prefix}/${name}`)]));
    const resolve = (text: string): InputRef => {
      const [name = '', output = '', index = '0'] = text.split(':');
      const [type, inlined] = [types.get(name), names.get(name)];
      if (type === undefined || inlined === undefined) return args.get(name) ?? this.missing(call, name);
      return {
        node: inlined,
        output: outputIndex(type, output, Number(index), this.library.get(type)?.outputNames),
      };
    };
    const nodes = definition.nodes.map(({ name, op, inputs, attrs }) => ({
      name: names.get(name) ?? name,
      op,
      inputs: inputs.map(resolve),
      attrs: Object.fromEntries(
        Object.entries(attrs).map(([key, value]) => [
          key,
          value instanceof AttributeOfCall ? attributeOf(call, value.name) : value,
        ]),
      ),
    }));
    const results = definition.outputs.map(resolve);
    return { nodes: needed(nodes, results), results };
  }

  /** The name, or the name with a number behind it where another node has it. */
  private unused(name: string): string {
    let free = name;
    for (let count = 1; this.names.has(free); count++) free = `${name}_${count}`;
    this.names.add(free);
    return free;
  }

  private missing(node: NodeDef, name: unknown): never {
    return fail(
      'model',
      `${this.fileName}: ${describeNode(node)}`,
      `expected "${String(name)}" in the function library or among the arguments, got no such name.`,
      'The file may be truncated; write it again.',
    );
  }
}

/** The nodes that the results depend on: a function runs no others. */
function needed(nodes: readonly NodeDef[], results: readonly InputRef[]): NodeDef[] {
  const wanted = new Set<string>();
  const table = new Map(nodes.map((node) => [node.name, node]));
  const stack = [...results];
  for (let ref = stack.pop(); ref !== undefined; ref = stack.pop()) {
    if (wanted.has(ref.node)) continue;
    wanted.add(ref.node);
    stack.push(...(table.get(ref.node)?.inputs ?? []));
  }
  return nodes.filter(({ name }) => wanted.has(name));
}
