import { attributeOf } from './attributes.js';
import type { InputRef, NodeDef } from './node.js';

/** The condition or the body of a loop: what it reads, its nodes with inputs before readers, and its results. */
export interface LoopFunction {
  /** The outputs that stand for the loop's variables, in order. */
  readonly args: readonly InputRef[];
  readonly nodes: readonly NodeDef[];
  readonly results: readonly InputRef[];
}

/**
 * A node that repeats a function: its inputs are the variables' first values, its outputs their last ones. The functions
 * are in the attributes `condition` and `body`.
 */
export function whileNode(
  name: string,
  inputs: readonly InputRef[],
  functions: { condition: LoopFunction; body: LoopFunction },
): NodeDef {
  return { name, op: 'While', inputs, attrs: functions };
}

/** The functions of a node made by {@link whileNode}; undefined for other nodes. */
export function loopOf({ op, attrs }: NodeDef): { condition: LoopFunction; body: LoopFunction } | undefined {
  const [condition, body] = [attrs['condition'], attrs['body']];
  return op === 'While' && typeof condition === 'object'
    ? { condition: condition as LoopFunction, body: body as LoopFunction }
    : undefined;
}

/** A function of the nodes that the results depend on, up to the arguments. A cycle leaves its nodes out of order. */
export function loopFunction(
  nodes: ReadonlyMap<string, NodeDef>,
  args: readonly InputRef[],
  results: readonly InputRef[],
): LoopFunction {
  const seen = new Set(args.map((ref) => ref.node));
  const ordered: NodeDef[] = [];
  const stack: { name: string; next: number }[] = [];
  const open = ({ node }: InputRef): void => {
    if (seen.has(node)) return;
    seen.add(node);
    stack.push({ name: node, next: 0 });
  };
  for (const result of results) {
    open(result);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const node = nodes.get(top.name);
      const ref = node?.inputs[top.next++];
      if (ref !== undefined) open(ref);
      else {
        stack.pop();
        if (node !== undefined) ordered.push(node);
      }
    }
  }
  return { args, nodes: ordered, results };
}

const isType =
  (...types: string[]) =>
  ({ op }: NodeDef): boolean =>
    types.includes(op) || types.some((type) => op === `Ref${type}`);
const isEnter = isType('Enter');
const isNext = isType('NextIteration');
const isExit = isType('Exit');

/**
 * The nodes with each loop of Enter, Merge, Switch, NextIteration and Exit as one node of {@link whileNode}: TensorFlow 1
 * writes loops so, and freezing lowers those of TensorFlow 2 to them. Inner loops come first; a loop of another form
 * stays.
 */
export function raiseLoops(nodes: readonly NodeDef[]): readonly NodeDef[] {
  let result = nodes;
  const left = new Set(nodes.filter(isEnter).map(frameOf));
  for (let before = -1; left.size !== before && left.size > 0; ) {
    before = left.size;
    for (const frame of [...left]) {
      const raised = raise(result, frame);
      if (raised === undefined) continue;
      result = raised;
      left.delete(frame);
    }
  }
  return result;
}

const frameOf = (node: NodeDef): string => attributeOf(node, 'frame_name') ?? '';

/** A variable of a loop by the nodes that carry it. */
interface Variable {
  readonly enter: NodeDef;
  readonly merge: NodeDef;
  readonly branch: NodeDef;
  readonly next: NodeDef;
}

/** The nodes with one frame replaced; undefined where an inner frame is left in it or it has another form. */
function raise(nodes: readonly NodeDef[], frame: string): NodeDef[] | undefined {
  const table = new Map(nodes.map((node) => [node.name, node]));
  const enters = nodes.filter((node) => isEnter(node) && frameOf(node) === frame);
  const variables = variablesOf(nodes, table, enters);
  const invariants = enters.filter((enter) => !variables.some((variable) => variable.enter === enter));
  const [first] = variables;
  const test = table.get(first?.branch.inputs[1]?.node ?? '');
  if (first === undefined || test?.op !== 'LoopCond') return undefined;
  const constants = invariants.map(({ name }) => ({ node: name, output: 0 }));
  const merged = variables.map(({ merge }) => ({ node: merge.name, output: 0 }));
  const taken = variables.map(({ branch }) => ({ node: branch.name, output: 1 }));
  const condition = loopFunction(table, [...merged, ...constants], test.inputs);
  const body = loopFunction(
    table,
    [...taken, ...constants],
    [...variables.flatMap(({ next }) => next.inputs.slice(0, 1)), ...constants],
  );
  const inside = [...condition.nodes, ...body.nodes];
  if (inside.some((node) => isEnter(node) || isNext(node))) return undefined;
  const loop = whileNode(
    test.name,
    [...variables.map(({ enter }) => enter), ...invariants].flatMap(({ inputs }) => inputs.slice(0, 1)),
    { condition, body },
  );
  const positions = new Map(variables.map(({ branch }, index) => [branch.name, index]));
  const removed = new Set([
    ...enters.map(({ name }) => name),
    ...variables.flatMap(({ merge, branch, next }) => [merge.name, branch.name, next.name]),
    ...inside.map(({ name }) => name),
  ]);
  return nodes
    .filter((node) => !removed.has(node.name))
    .map((node) => {
      if (node.name === loop.name) return loop;
      const index = isExit(node) ? positions.get(node.inputs[0]?.node ?? '') : undefined;
      return index === undefined
        ? node
        : { name: node.name, op: 'Identity', inputs: [{ node: loop.name, output: index }], attrs: {} };
    });
}

function variablesOf(
  nodes: readonly NodeDef[],
  table: ReadonlyMap<string, NodeDef>,
  enters: readonly NodeDef[],
): Variable[] {
  const entering = new Map(enters.map((enter) => [enter.name, enter]));
  const branches = new Map(nodes.filter(isType('Switch')).map((node) => [node.inputs[0]?.node, node]));
  return nodes.filter(isType('Merge')).flatMap((merge): Variable[] => {
    const [enter, next] = merge.inputs.map((ref) => table.get(ref.node));
    const branch = branches.get(merge.name);
    if (enter === undefined || next === undefined || branch === undefined) return [];
    return entering.has(enter.name) && isNext(next) ? [{ enter, merge, branch, next }] : [];
  });
}
