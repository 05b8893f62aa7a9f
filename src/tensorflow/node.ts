import type { Constant } from './constant.js';

/** A node of a GraphDef as plain values. */
export interface NodeDef {
  readonly name: string;
  /** The type: `Conv2D`. */
  readonly op: string;
  /** Data inputs only; `^control` inputs are gone. */
  readonly inputs: readonly InputRef[];
  /** Strings, numbers, booleans, lists of them, types by name, {@link PartialShape}, {@link Constant}. */
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** One output of a node: `conv` and `conv:0` are the first, `split:1` the second. */
export interface InputRef {
  readonly node: string;
  readonly output: number;
}

/** A shape with -1 for sizes that are not known; null where the rank is not known either. */
export type PartialShape = readonly number[] | null;

/** `name`, `name:2`; undefined for `^name`. */
export function parseInput(text: string): InputRef | undefined {
  if (text.startsWith('^')) return undefined;
  const found = /^(.*):([0-9]+)$/.exec(text);
  const [, node = text, output = '0'] = found ?? [];
  return { node, output: Number(output) };
}

/** `conv` for the first output, `split:1` for another, as TensorFlow writes it. */
export function formatInput(ref: InputRef): string {
  return ref.output === 0 ? ref.node : `${ref.node}:${ref.output}`;
}

/** `node "conv1" (Conv2D)`, as messages name it. */
export function describeNode(node: Pick<NodeDef, 'name' | 'op'>): string {
  return `node "${node.name}" (${node.op})`;
}

/** The tensor of a Const node. */
export function constantOf(node: NodeDef): Constant | undefined {
  const value = Object.hasOwn(node.attrs, 'value') ? node.attrs['value'] : undefined;
  return isConstant(value) ? value : undefined;
}

function isConstant(value: unknown): value is Constant {
  return typeof value === 'object' && value !== null && 'dtype' in value && 'data' in value;
}
