import { fail } from '../error.js';
import { limitOf, raiseHint } from '../limits.js';
import { attributeOf } from './attributes.js';
import { outputIndex } from './function-outputs.js';
import { type LoopFunction, loopFunction, whileNode } from './loops.js';
import { describeNode, type InputRef, type NodeDef } from './node.js';
import { AttributeOfCall, type FunctionDef, type GraphFile } from './read-graph.js';

/** Types that run the function of their attribute `f`. */
const calls: ReadonlySet<string> = new Set(['PartitionedCall', 'StatefulPartitionedCall']);
/** Types that run one of several functions, chosen by their first input. */
const conditionals: ReadonlySet<string> = new Set(['If', 'StatelessIf', 'Case', 'StatelessCase']);

/** Types that run the function of their attribute `body` as long as that of `cond` gives true. */
const loops: ReadonlySet<string> = new Set(['While', 'StatelessWhile']);

/** So many nodes of calls each node of the file stands for, beside those that every file may have. */
const OF_NODE = 16;

/** Functions that call each other more deeply than this call themselves. */
const DEEPEST = 64;

/**
 * The nodes of a graph with its function calls replaced by the nodes of the functions, named `call/node`. The call
 * stays as an IdentityN of the results, so that its name keeps its meaning. An If becomes both branches between
 * Switch and Merge nodes. Throws `model` for functions that are not in the library, `unsupported` for recursion and for
 * calls that become more nodes than the limit.
 */
export function inlineFunctions({ nodes, functions }: GraphFile, fileName: string): readonly NodeDef[] {
  if (functions.length === 0) return nodes;
  const count = functions.reduce((sum, definition) => sum + definition.nodes.length, nodes.length);
  const inliner = new Inliner(functions, fileName, new Set(nodes.map((node) => node.name)), OF_NODE * count);
  const own = new Set(nodes.map(({ name }) => name));
  return withoutUnreadResults(inliner.expand(nodes, 0), inliner.conditions, own);
}

class Inliner {
  /** The names of the If nodes that were replaced. */
  readonly conditions = new Set<string>();
  private readonly library: ReadonlyMap<string, FunctionDef>;
  /** The number behind a name that was the last to be free. */
  private readonly numbers = new Map<string, number>();
  private inlined = 0;

  /** `most`: nodes of calls beyond the limit for every file. */
  constructor(
    functions: readonly FunctionDef[],
    private readonly fileName: string,
    private readonly names: Set<string>,
    private readonly most: number,
  ) {
    this.library = new Map(functions.map((definition) => [definition.name, definition]));
  }

  expand(nodes: readonly NodeDef[], depth: number): NodeDef[] {
    return nodes.flatMap((node) => {
      if (loops.has(node.op)) return [this.loop(node, depth)];
      const expanded = this.replacement(node);
      if (expanded === undefined) return [node];
      if (depth === DEEPEST) this.endless(node);
      return this.expand(expanded, depth + 1);
    });
  }

  private endless(node: NodeDef): never {
    return fail(
      'unsupported',
      `${this.fileName}: ${describeNode(node)}`,
      'expected functions that end, got one that calls itself.',
      'Use --output_layer to stop before it.',
    );
  }

  private loop(node: NodeDef, depth: number): NodeDef {
    if (depth === DEEPEST) this.endless(node);
    const read = (attribute: string): LoopFunction => {
      const definition =
        this.library.get(String(attributeOf(node, attribute))) ?? this.missing(node, attributeOf(node, attribute));
      const args = definition.inputs.map((name) => ({
        node: this.unused(`${node.name}/${attribute}/${name}`),
        output: 0,
      }));
      const { nodes, results } = this.body(definition, node, args, `${node.name}/${attribute}`);
      const expanded = this.expand(nodes, depth + 1);
      return loopFunction(new Map(expanded.map((inner) => [inner.name, inner])), args, results);
    };
    return whileNode(node.name, node.inputs, { condition: read('cond'), body: read('body') });
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
    const isCase = node.op.endsWith('Case');
    const functions = isCase
      ? ((attributeOf(node, 'branches') ?? []) as unknown[])
      : [attributeOf(node, 'else_branch'), attributeOf(node, 'then_branch')];
    const kind = isCase ? { op: '_SwitchN', attrs: { num_outs: functions.length } } : { op: 'Switch', attrs: {} };
    const split = (prefix: string, refs: readonly InputRef[]): NodeDef[] =>
      refs.map((data, index) => ({
        name: this.unused(`${node.name}/${prefix}${index}`),
        inputs: [data, predicate],
        ...kind,
      }));
    const switches = split('switch', inputs);
    const branches = functions.map((name, branch) => {
      const definition = this.library.get(String(name)) ?? this.missing(node, name);
      const taken = switches.map((each) => ({ node: each.name, output: branch }));
      const prefix = isCase ? `branch${branch}` : branch === 0 ? 'else_branch' : 'then_branch';
      const { nodes, results } = this.body(definition, node, taken, `${node.name}/${prefix}`);
      // A result that does not depend on an input of the branch belongs to it by this Switch alone.
      const ends = split(`${prefix}_result`, results);
      return { nodes: [...nodes, ...ends], results: ends.map((end) => ({ node: end.name, output: branch })) };
    });
    const merges = (branches[0]?.results ?? []).map((_, index): NodeDef => {
      const parts = branches.flatMap(({ results }) => results.slice(index, index + 1));
      return { name: this.unused(`${node.name}/merge${index}`), op: 'Merge', inputs: parts, attrs: {} };
    });
    const results = merges.map(({ name }) => ({ node: name, output: 0 }));
    const whole: NodeDef = { name: node.name, op: 'IdentityN', inputs: results, attrs: {} };
    this.conditions.add(node.name);
    const body = branches.flatMap(({ nodes }) => nodes);
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
    this.expectRoom(call, definition.nodes.length);
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

  private expectRoom(call: NodeDef, count: number): void {
    this.inlined += count;
    const most = limitOf('inlined') + this.most;
    if (this.inlined > most)
      fail(
        'unsupported',
        `${this.fileName}: ${describeNode(call)}`,
        `expected calls of functions that become at most ${most} nodes, got more.`,
        raiseHint('inlined'),
      );
  }

  /** The name, or the name with a number behind it where another node has it. */
  private unused(name: string): string {
    let free = name;
    let count = this.numbers.get(name) ?? 0;
    while (this.names.has(free)) free = `${name}_${++count}`;
    this.numbers.set(name, count);
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

/**
 * The nodes with the results of `conditions` cut behind the last one that is read, and without the nodes of functions (all
 * but `own`) that only results behind it need: TensorFlow 1.15 appends to the results of an If what its gradient would
 * read. An If that no node reads keeps them all.
 */
function withoutUnreadResults(
  nodes: readonly NodeDef[],
  conditions: ReadonlySet<string>,
  own: ReadonlySet<string>,
): NodeDef[] {
  const table = new Map(nodes.map((node) => [node.name, node]));
  const read = new Set(nodes.flatMap((node) => node.inputs.map((ref) => ref.node)));
  const wanted = new Map<string, number>();
  const stack = nodes
    .filter(({ name }) => !read.has(name))
    .map(({ name, inputs }) => ({ node: name, output: inputs.length - 1 }));
  for (let ref = stack.pop(); ref !== undefined; ref = stack.pop()) {
    const inputs = table.get(ref.node)?.inputs ?? [];
    const count = conditions.has(ref.node) ? ref.output + 1 : inputs.length;
    const before = wanted.get(ref.node) ?? 0;
    wanted.set(ref.node, Math.max(before, count));
    stack.push(...inputs.slice(before, count));
  }
  return nodes
    .filter(({ name }) => own.has(name) || wanted.has(name))
    .map((node) =>
      conditions.has(node.name) ? { ...node, inputs: node.inputs.slice(0, wanted.get(node.name)) } : node,
    );
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
