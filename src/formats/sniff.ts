import { topFields, type WireField } from './wire-fields.js';

/** Kinds of files that are mistaken for a model or its weights. */
export type FileKind =
  | 'empty'
  | 'archive'
  | 'hdf5'
  | 'numpy'
  | 'image'
  | 'tflite'
  | 'onnx'
  | 'pytorch'
  | 'pickle'
  | 'keras'
  | 'tfjs'
  | 'graph-def'
  | 'checkpoint'
  | 'darknet'
  | 'ncnn'
  | 'lmdb'
  | 'matlab'
  | 'solver-state'
  | 'blob'
  | 'json'
  | 'web-page'
  | 'lfs-pointer'
  | 'utf-16'
  | 'text';

/** The kind of a file, and its name in messages: `an HDF5 file`. */
export interface IdentifiedFile {
  readonly kind: FileKind;
  readonly name: string;
}

/** Kind, name, first bytes, offset of these bytes. */
const signatures: readonly (readonly [FileKind, string, readonly number[], number])[] = [
  ['hdf5', 'an HDF5 file', [0x89, 0x48, 0x44, 0x46], 0],
  ['archive', 'a zip archive', [0x50, 0x4b, 0x03, 0x04], 0],
  ['archive', 'a gzip archive', [0x1f, 0x8b], 0],
  ['archive', 'a 7z archive', [0x37, 0x7a, 0xbc, 0xaf], 0],
  ['archive', 'a RAR archive', [0x52, 0x61, 0x72, 0x21, 0x1a], 0],
  ['archive', 'an xz archive', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 0],
  ['archive', 'a bzip2 archive', [0x42, 0x5a, 0x68], 0],
  ['numpy', 'a NumPy array', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 0],
  ['image', 'a PNG image', [0x89, 0x50, 0x4e, 0x47], 0],
  ['image', 'a JPEG image', [0xff, 0xd8, 0xff], 0],
  ['tflite', 'a TensorFlow Lite model', [0x54, 0x46, 0x4c, 0x33], 4],
  [
    'pytorch',
    'a PyTorch file',
    [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19],
    0,
  ],
  ['pickle', 'a Python pickle', [0x80, 0x02], 0],
  ['pickle', 'a Python pickle', [0x80, 0x03], 0],
  ['pickle', 'a Python pickle', [0x80, 0x04, 0x95], 0],
  ['pickle', 'a Python pickle', [0x80, 0x05, 0x95], 0],
  ['archive', 'a tar archive', [0x75, 0x73, 0x74, 0x61, 0x72], 257],
  ['lmdb', 'an LMDB data base', [0xde, 0xc0, 0xef, 0xbe], 16],
  ['darknet', 'a Darknet weight file', [0, 0, 0, 0, 2, 0, 0, 0], 0],
  ['darknet', 'a Darknet weight file', [0, 0, 0, 0, 1, 0, 0, 0], 0],
  ['matlab', 'a MATLAB file', [0x4d, 0x41, 0x54, 0x4c, 0x41, 0x42, 0x20], 0],
];

/** Last bytes of the table files of TensorFlow's checkpoints. */
const tableEnd: readonly number[] = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];

/** Kinds of zip archives by the name of one of their first entries. */
const zipKinds: readonly (readonly [RegExp, FileKind, string])[] = [
  [/(^|\/)data\.pkl$|(^|\/)byteorder$/, 'pytorch', 'a PyTorch file'],
  [/^(metadata|config)\.json$|\.weights\.h5$/, 'keras', 'a Keras model'],
  [/\.npy$/, 'numpy', 'a NumPy archive (.npz)'],
];

/** Kinds of text files by their beginning. */
const textKinds: readonly (readonly [RegExp, FileKind, string])[] = [
  [/^version https:\/\/git-lfs/, 'lfs-pointer', 'a Git LFS pointer, not the file itself'],
  [/^\s*<(!doctype|html|head|body|\?xml)/i, 'web-page', 'a web page or XML file'],
  [/^\s*\{[\s\S]*"modelTopology"/, 'tfjs', 'a TensorFlow.js model'],
  [/^\s*\{[\s\S]*"class_name"/, 'keras', 'a Keras model without weights (JSON)'],
  [/^\s*[{[]\s*(["{[\]}]|$)/, 'json', 'a JSON file'],
  [/^\s*(?:#[^\n]*\n\s*)*\[(net|network|convolutional)\]/, 'darknet', 'a Darknet cfg file'],
  [/^\s*7767517\s/, 'ncnn', 'an ncnn model'],
  [/^\s*model_checkpoint_path/, 'checkpoint', 'the index of a TensorFlow checkpoint'],
];

/**
 * The kind of a file by its first bytes (of a checkpoint's table: its last), in words for a message (`an HDF5 file`);
 * undefined if none is recognised. Source of the field numbers: `caffe.proto`, `onnx.proto`, `graph.proto`.
 */
export function identify(bytes: Uint8Array): IdentifiedFile | undefined {
  if (bytes.length === 0) return { kind: 'empty', name: 'an empty file' };
  const found = signatures.find(([, , magic, at]) => magic.every((byte, index) => bytes[at + index] === byte));
  if (found !== undefined) return found[1] === 'a zip archive' ? zipKind(bytes) : { kind: found[0], name: found[1] };
  if (utf16Label(bytes) !== undefined) return { kind: 'utf-16', name: 'a text file in UTF-16' };
  if (looksLikeText(bytes)) return textKind(new TextDecoder().decode(bytes.slice(0, 4096)));
  if (bytes.length >= 48 && tableEnd.every((byte, index) => bytes[bytes.length - 8 + index] === byte))
    return { kind: 'checkpoint', name: 'a TensorFlow checkpoint' };
  return protobufKind(bytes);
}

/** The name of the kind of a file, undefined for a TensorFlow graph and where none is recognised. */
export function sniff(bytes: Uint8Array): string | undefined {
  const found = identify(bytes);
  return found?.kind === 'graph-def' ? undefined : found?.name;
}

/** The kind of a text by its beginning. */
export function textKind(head: string): IdentifiedFile {
  const [, kind, name] = textKinds.find(([pattern]) => pattern.test(head)) ?? [/^/, 'text', 'a text file'];
  return { kind: kind as FileKind, name };
}

/** The encoding of a text in UTF-16, by its byte order mark or the zeros of its first ASCII characters; undefined if it is none. */
export function utf16Label(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const isAscii = (byte: number): boolean => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127);
  if ((a === 0xff && b === 0xfe) || (isAscii(a) && b === 0 && isAscii(c) && d === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && isAscii(b) && c === 0 && isAscii(d))) return 'utf-16be';
  return undefined;
}

/** Whether the first 1024 bytes are printable ASCII, UTF-8 beyond it, or white space. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.slice(0, 1024);
  return (
    head.length > 0 &&
    head.every((byte) => (byte >= 32 ? byte !== 127 : byte === 9 || byte === 10 || byte === 12 || byte === 13)) &&
    isUtf8(head)
  );
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function zipKind(bytes: Uint8Array): IdentifiedFile {
  const nameLength = (bytes[26] ?? 0) | ((bytes[27] ?? 0) << 8);
  const entry = new TextDecoder().decode(bytes.slice(30, 30 + nameLength));
  const [, kind, name] = zipKinds.find(([pattern]) => pattern.test(entry)) ?? [/^/, 'archive', 'a zip archive'];
  return { kind: kind as FileKind, name };
}

/** Protobuf messages other than a NetParameter, by their first fields. */
function protobufKind(bytes: Uint8Array): IdentifiedFile | undefined {
  const fields = topFields(bytes, 8);
  if (isSolverState(fields)) return { kind: 'solver-state', name: 'a solver state of Caffe' };
  if (isBlob(fields)) return { kind: 'blob', name: 'a single blob (a mean image of Caffe)' };
  if (isOnnx(fields)) return { kind: 'onnx', name: 'an ONNX model' };
  if (isGraphDef(fields)) return { kind: 'graph-def', name: 'a TensorFlow graph' };
  return undefined;
}

/** SolverState: iter (1), learned_net (2), history (3, blobs), current_step (4). */
function isSolverState(fields: readonly WireField[]): boolean {
  const [iteration, second, third] = fields;
  if (iteration?.number !== 1 || iteration.wire !== 0) return false;
  const net = second?.number === 2 && second.wire === 2;
  if (net && /caffemodel/.test(new TextDecoder().decode(second.payload))) return true;
  const history = net ? third : second;
  return history?.number === 3 && history.wire === 2 && isBlob(topFields(history.payload, 8));
}

/** BlobProto: num to width (1 to 4), data (5), diff (6), shape (7), double data (8, 9). */
function isBlob(fields: readonly WireField[]): boolean {
  const isKnown = ({ number, wire }: WireField): boolean =>
    number >= 1 && number <= 9 && (number <= 4 ? wire === 0 : wire === 2 || wire === 5 || wire === 1);
  return fields.length > 0 && fields.every(isKnown) && fields.some(({ number }) => number === 5 || number === 8);
}

/** ModelProto: ir_version (1), then producer_name (2) or graph (7). */
function isOnnx([version, second]: readonly WireField[]): boolean {
  return (
    version?.number === 1 && version.wire === 0 && (second?.number === 2 || second?.number === 7) && second.wire === 2
  );
}

/** GraphDef: nodes (1), each with a name (1) and an op (2). */
function isGraphDef([node]: readonly WireField[]): boolean {
  if (node?.number !== 1 || node.wire !== 2) return false;
  const [name, op] = topFields(node.payload, 2);
  return name?.number === 1 && name.wire === 2 && op?.number === 2 && op.wire === 2 && looksLikeText(op.payload);
}
