import { fail } from '../error.js';
import { tensorflowProto } from '../formats/generated/protos.js';
import { decodeMessage } from '../formats/protobuf.js';
import { parseMessage } from '../formats/protobuf-text.js';
import { type Message, parseSchema } from '../formats/schema.js';
import { looksLikeText } from '../formats/sniff.js';
import { decodeText } from '../formats/text.js';
import { readConstant } from './constant.js';
import { type NodeDef, type PartialShape, parseInput } from './node.js';
import { refuse } from './refuse.js';

/** An attribute of a function's node that takes the value of an attribute of the call. */
export class AttributeOfCall {
  constructor(readonly name: string) {}
}

const graphDef = () => parseSchema(tensorflowProto).lookupType('GraphDef');
const utf8 = new TextDecoder();

/** A function of a graph's library. */
export interface FunctionDef {
  readonly name: string;
  /** Names of the arguments, in order; the nodes read them by these names. */
  readonly inputs: readonly string[];
  /** The output of a node for each result, as the file writes it: `conv:output:0`, or the name of an argument. */
  readonly outputs: readonly string[];
  /** Names of the results. */
  readonly outputNames: readonly string[];
  readonly nodes: readonly FunctionNode[];
}

/** A node of a function: its inputs are written `node:output name:index`, which depends on the other node's type. */
interface FunctionNode extends Omit<NodeDef, 'inputs'> {
  readonly inputs: readonly string[];
}

/** A GraphDef as plain values. */
export interface GraphFile {
  readonly nodes: readonly NodeDef[];
  readonly functions: readonly FunctionDef[];
}

/**
 * The nodes and functions of a GraphDef, binary or text. Large constants are views of `bytes`. Throws `format` for
 * bytes that do not parse, and for files of another kind (SavedModel, checkpoint, TFLite ...), which the message names.
 */
export function readGraph(bytes: Uint8Array, fileName: string): GraphFile {
  refuse(bytes, fileName);
  const message = looksLikeText(bytes)
    ? parseMessage(graphDef(), decodeText(bytes, fileName), { where: fileName }).message
    : decodeMessage(graphDef(), bytes, { where: fileName });
  const nodes = messages(message, 'node').map((node) => readNode(node, fileName));
  if (nodes.length === 0) fail('format', fileName, 'expected a frozen GraphDef, got one without nodes.');
  const nameless = nodes.filter((node) => node.name === '' || node.op === '');
  if (nameless.length > 0)
    fail(
      'format',
      fileName,
      `expected a frozen GraphDef, got ${nameless.length} nodes without name or type; this is another kind of file.`,
    );
  const library = (message['library'] ?? {}) as Message;
  const functions = messages(library, 'function').map((definition) => readFunction(definition, fileName));
  return { nodes: nodes.map(withReferences), functions };
}

const messages = (parent: Message, field: string): Message[] => (parent[field] ?? []) as Message[];

/** The node with its inputs as references; control inputs are left out. */
function withReferences(node: FunctionNode): NodeDef {
  return { ...node, inputs: node.inputs.flatMap((text) => parseInput(text) ?? []) };
}

function readFunction(message: Message, fileName: string): FunctionDef {
  const signature = (message['signature'] ?? {}) as Message;
  const name = (signature['name'] ?? '') as string;
  const argumentNames = (field: string): string[] =>
    messages(signature, field).map((argument) => (argument['name'] ?? '') as string);
  const results = new Map(
    messages(message, 'ret').map((entry) => [entry['key'] as string, (entry['value'] ?? '') as string]),
  );
  const outputNames = argumentNames('output_arg');
  return {
    name,
    inputs: argumentNames('input_arg'),
    outputs: outputNames.map((output) => results.get(output) ?? ''),
    outputNames,
    nodes: messages(message, 'node_def').map((node) => readNode(node, `${fileName}: function "${name}"`)),
  };
}

function readNode(message: Message, fileName: string): FunctionNode {
  const name = (message['name'] ?? '') as string;
  const op = (message['op'] ?? '') as string;
  const where = `${fileName}: node "${name}" (${op})`;
  const inputs = ((message['input'] ?? []) as string[]).filter((text) => !text.startsWith('^'));
  const entries = ((message['attr'] ?? []) as Message[]).map((entry) => [
    entry['key'] as string,
    readAttribute((entry['value'] ?? {}) as Message, where),
  ]);
  return { name, op, inputs, attrs: Object.fromEntries(entries) as Record<string, unknown> };
}

function readAttribute(value: Message, where: string): unknown {
  const [kind, content] = Object.entries(value)[0] ?? ['', undefined];
  if (kind === 'list') return readList(content as Message, where);
  return readOne(kind, content, where);
}

function readList(list: Message, where: string): unknown[] {
  const [kind, values] = Object.entries(list)[0] ?? ['', []];
  return Array.from(values as ArrayLike<unknown>, (value) => readOne(kind, value, where));
}

function readOne(kind: string, value: unknown, where: string): unknown {
  if (kind === 's') return utf8.decode(value as Uint8Array);
  if (kind === 'shape') return readShape(value as Message);
  if (kind === 'tensor') return readConstant(value as Message, where);
  if (kind === 'func') return (value as Message)['name'];
  if (kind === 'placeholder') return new AttributeOfCall(value as string);
  return value;
}

function readShape(shape: Message): PartialShape {
  if (shape['unknown_rank'] === true) return null;
  return ((shape['dim'] ?? []) as Message[]).map((dim) => (dim['size'] as number | undefined) ?? 0);
}
