import { fail } from '../error.js';
import { describeNode, formatInput, type InputRef, type NodeDef, parseInput } from './node.js';
import { required } from './required.js';

/** The nodes of a graph by name. */
export type NodeTable = ReadonlyMap<string, NodeDef>;

/** The part of a graph that is run: the fed node, the wanted outputs, and the nodes between in network order. */
export interface Selection {
  readonly input: NodeDef;
  readonly outputs: readonly InputRef[];
  /** No outputs were named: every output of the nodes in `outputs` is wanted. */
  readonly whole: boolean;
  /** In topological order, which is the file's order where that is topological. Includes the nodes that compute constants. */
  readonly nodes: readonly NodeDef[];
}

/** The nodes by name. Throws `format` where two nodes have one name. */
export function tabulate(nodes: readonly NodeDef[], fileName: string): NodeTable {
  const table = new Map<string, NodeDef>();
  for (const node of nodes) {
    if (table.has(node.name)) fail('format', fileName, `expected node names to be unique, got "${node.name}" twice.`);
    table.set(node.name, node);
  }
  return table;
}

/** Types that end a graph without being a result: summaries, assertions, saving, training. */
const debugging =
  /^(NoOp|Assert|Const|Placeholder.*|Variable.*|VarHandleOp|Print(V2)?|.*Summary(V2)?|Save.*|Restore.*|MergeV2Checkpoints|ShardedFilename|Assign.*|ScatterUpdate|IsVariableInitialized|VarIsInitializedOp|Apply.*|ResourceApply.*)$/;

/**
 * Selects by `--input_layer` and `--output_layer`. Without them the input is the one Placeholder, and the outputs are
 * the nodes that depend on it, that no other node reads and that are results. Throws `model` for several Placeholders
 * or none, names that do not exist, missing nodes, cycles, and wanted outputs that do not depend on the input.
 */
export function select(
  table: NodeTable,
  fileName: string,
  inputLayer?: string,
  outputLayers?: readonly string[],
): Selection {
  const chosen = inputLayer === undefined ? undefined : named(table, fileName, inputLayer, '--input_layer').node;
  const wanted = outputLayers?.map((name) => named(table, fileName, name, '--output_layer')) ?? sinks(table);
  const input = nodeOf(table, chosen ?? onlyPlaceholder(table, fileName, wanted));
  const dependent = dependents(table, input.name);
  const outputs = wanted.filter(
    (ref) => dependent.has(ref.node) || (outputLayers !== undefined && independent(table, fileName, ref, input)),
  );
  if (outputs.length === 0)
    fail(
      'model',
      fileName,
      `expected an output that depends on the input "${input.name}", got none.`,
      'Name the wanted nodes with --output_layer.',
    );
  const nodes = order(table, fileName, outputs, input.name);
  const others = nodes.filter((node) => node.op === 'Placeholder' && node.name !== input.name);
  if (others.length > 0) severalPlaceholders(fileName, [input, ...others], inputLayer !== undefined);
  return { input, outputs, whole: outputLayers === undefined, nodes };
}

function nodeOf(table: NodeTable, name: string): NodeDef {
  return required(table.get(name), `a node "${name}"`);
}

function named(table: NodeTable, fileName: string, text: string, flag: string): InputRef {
  const ref = (table.has(text) ? undefined : parseInput(text)) ?? { node: text, output: 0 };
  if (table.has(ref.node)) return ref;
  const close = [...table.keys()]
    .filter((name) => name.endsWith(`/${ref.node}`) || name.toLowerCase() === ref.node.toLowerCase())
    .slice(0, 3);
  const hint = close.length > 0 ? `Did you mean ${close.map((name) => `"${name}"`).join(' or ')}?` : '';
  fail('model', fileName, `expected ${flag} to name a node of the graph, got "${text}".`, hint);
}

/** Results that no node reads, in file order. */
function sinks(table: NodeTable): InputRef[] {
  const read = new Set<string>();
  for (const node of table.values()) for (const ref of node.inputs) read.add(ref.node);
  return [...table.values()]
    .filter((node) => !read.has(node.name) && !debugging.test(node.op))
    .map((node) => ({ node: node.name, output: 0 }));
}

function onlyPlaceholder(table: NodeTable, fileName: string, wanted: readonly InputRef[]): string {
  const reached = ancestors(table, wanted);
  const of = (op: string): NodeDef[] => reached.filter((node) => node.op === op);
  const candidates = of('Placeholder').length > 0 ? of('Placeholder') : of('PlaceholderWithDefault');
  const [first, ...others] = candidates;
  if (first !== undefined && others.length === 0) return first.name;
  if (first === undefined)
    fail(
      'model',
      fileName,
      'expected a Placeholder that the outputs depend on, got none.',
      'Name the node to feed with --input_layer.',
    );
  return severalPlaceholders(fileName, candidates, false);
}

function severalPlaceholders(fileName: string, nodes: readonly NodeDef[], chosen: boolean): never {
  const list = nodes.map((node) => `"${node.name}"`).join(', ');
  const hint = chosen
    ? 'Freeze the others into constants, or stop before them with --output_layer.'
    : 'Choose the one to feed with --input_layer, and nodes that depend on it alone with --output_layer.';
  fail('model', fileName, `expected one Placeholder, got ${nodes.length}: ${list}.`, hint);
}

/** Every node that the wanted ones depend on, in file order; missing nodes are passed over. */
function ancestors(table: NodeTable, wanted: readonly InputRef[]): NodeDef[] {
  const reached = new Set<string>();
  const stack = wanted.map((ref) => ref.node);
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    for (const ref of table.get(name)?.inputs ?? []) stack.push(ref.node);
  }
  return [...table.values()].filter((node) => reached.has(node.name));
}

/** Names of the nodes that depend on the input, itself included. */
function dependents(table: NodeTable, input: string): Set<string> {
  const readers = new Map<string, string[]>();
  for (const node of table.values()) {
    for (const ref of node.inputs) {
      const known = readers.get(ref.node);
      if (known === undefined) readers.set(ref.node, [node.name]);
      else known.push(node.name);
    }
  }
  const result = new Set<string>();
  const stack = [input];
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (result.has(name)) continue;
    result.add(name);
    readers.get(name)?.forEach((reader) => stack.push(reader));
  }
  return result;
}

function independent(table: NodeTable, fileName: string, ref: InputRef, input: NodeDef): never {
  fail(
    'model',
    `${fileName}: ${describeNode(nodeOf(table, ref.node))}`,
    `expected an output that depends on the input "${input.name}", got one that does not.`,
    'Choose other nodes with --input_layer and --output_layer.',
  );
}

/** Depth first from the wanted nodes in file order, inputs before their readers. The inputs of `input` are not visited. */
function order(table: NodeTable, fileName: string, wanted: readonly InputRef[], input: string): NodeDef[] {
  const positions = new Map([...table.keys()].map((name, index) => [name, index]));
  const cut = new Map(table);
  cut.set(input, { ...nodeOf(table, input), inputs: [] });
  const roots = ancestors(cut, wanted);
  const result: NodeDef[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const root of roots) visit(root);
  return result;

  function visit(root: NodeDef): void {
    const stack: { node: NodeDef; next: number }[] = [];
    const open = (node: NodeDef): void => {
      state.set(node.name, 'open');
      stack.push({ node, next: 0 });
    };
    if (!state.has(root.name)) open(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const ref = top.node.inputs[top.next++];
      if (ref === undefined) {
        state.set(top.node.name, 'done');
        result.push(top.node);
        stack.pop();
      } else if (state.get(ref.node) === 'open')
        cycle(
          fileName,
          stack.map((entry) => entry.node),
          ref.node,
        );
      else if (!state.has(ref.node)) open(cut.get(ref.node) ?? missing(fileName, top.node, ref, positions.size));
    }
  }
}

function missing(fileName: string, reader: NodeDef, ref: InputRef, count: number): never {
  fail(
    'model',
    `${fileName}: ${describeNode(reader)}`,
    `expected its input "${formatInput(ref)}" among the ${count} nodes of the graph, got no such node.`,
    'The file may be truncated; write it again.',
  );
}

function cycle(fileName: string, path: readonly NodeDef[], back: string): never {
  const loop = path.slice(path.findIndex((node) => node.name === back));
  const names =
    loop
      .slice(0, 6)
      .map((node) => `"${node.name}"`)
      .join(' <- ') + (loop.length > 6 ? ' <- ...' : '');
  const isWhile = loop.some((node) => /NextIteration/.test(node.op));
  fail(
    isWhile ? 'unsupported' : 'model',
    fileName,
    `expected a graph without cycles, got ${isWhile ? 'a while loop' : 'a cycle'} through ${names}.`,
    'Cut it off with --input_layer and --output_layer.',
  );
}
