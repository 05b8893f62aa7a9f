import { fail } from '../error.js';
import { tensorflowProto } from '../formats/generated/protos.js';
import { decodeMessage } from '../formats/protobuf.js';
import { parseMessage } from '../formats/protobuf-text.js';
import { type Message, parseSchema } from '../formats/schema.js';
import { looksLikeText } from '../formats/sniff.js';
import { readConstant } from './constant.js';
import { type InputRef, type NodeDef, type PartialShape, parseInput } from './node.js';
import { refuse } from './refuse.js';

const graphDef = parseSchema(tensorflowProto).lookupType('GraphDef');
const utf8 = new TextDecoder();

/**
 * The nodes of a GraphDef, binary or text. Large constants are views of `bytes`. Throws `format` for bytes that do
 * not parse, and for files of another kind (SavedModel, checkpoint, TFLite ...), which the message names.
 */
export function readGraph(bytes: Uint8Array, fileName: string): NodeDef[] {
  refuse(bytes, fileName);
  const message = looksLikeText(bytes)
    ? parseMessage(graphDef, utf8.decode(bytes), {
        where: fileName,
        ignore: new Set(['device', 'library', 'versions', 'version']),
      }).message
    : decodeMessage(graphDef, bytes, { where: fileName });
  const nodes = ((message['node'] ?? []) as Message[]).map((node) => readNode(node, fileName));
  if (nodes.length === 0) fail('format', fileName, 'expected a frozen GraphDef, got one without nodes.');
  const nameless = nodes.filter((node) => node.name === '' || node.op === '');
  if (nameless.length > 0)
    fail(
      'format',
      fileName,
      `expected a frozen GraphDef, got ${nameless.length} nodes without name or type; this is another kind of file.`,
    );
  return nodes;
}

function readNode(message: Message, fileName: string): NodeDef {
  const name = (message['name'] ?? '') as string;
  const op = (message['op'] ?? '') as string;
  const where = `${fileName}: node "${name}" (${op})`;
  const inputs = ((message['input'] ?? []) as string[])
    .map(parseInput)
    .filter((ref): ref is InputRef => ref !== undefined);
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
  return value;
}

function readShape(shape: Message): PartialShape {
  if (shape['unknown_rank'] === true) return null;
  return ((shape['dim'] ?? []) as Message[]).map((dim) => (dim['size'] as number | undefined) ?? 0);
}
