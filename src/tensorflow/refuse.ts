import { fail } from '../error.js';
import { looksLikeText, sniff } from '../formats/sniff.js';

const FROZEN = 'expected a frozen GraphDef';
const FREEZE = 'Freeze it first (convert_variables_to_constants), or pass the frozen file.';

/** Last bytes of the table files of TensorFlow's checkpoints (`.index`, and the whole file in the first format). */
const tableMagic: readonly number[] = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];

interface FileKind {
  readonly name: string;
  readonly hint: string;
  matches(bytes: Uint8Array, fileName: string): boolean;
}

const starts = (bytes: Uint8Array, prefix: readonly number[], at = 0): boolean =>
  prefix.every((byte, index) => bytes[at + index] === byte);
const head = (bytes: Uint8Array): string =>
  looksLikeText(bytes) ? new TextDecoder().decode(bytes.subarray(0, 2 ** 16)) : '';

const kinds: readonly FileKind[] = [
  {
    // saved_model_schema_version = 1, then the first of meta_graphs.
    name: 'a SavedModel',
    hint: FREEZE,
    matches: (bytes) =>
      starts(bytes, [0x08, 0x01, 0x12]) || /^\s*(saved_model_schema_version|meta_graphs)/.test(head(bytes)),
  },
  {
    name: 'a checkpoint',
    hint: FREEZE,
    matches: (bytes, name) =>
      starts(bytes, tableMagic, bytes.length - 8) ||
      /\.ckpt(-[0-9]+)?(\.index)?$|\.data-[0-9]+-of-[0-9]+$/.test(name) ||
      /^\s*model_checkpoint_path/.test(head(bytes)),
  },
  {
    name: 'the MetaGraphDef of a checkpoint',
    hint: FREEZE,
    matches: (bytes, name) => name.endsWith('.meta') || /^\s*meta_info_def/.test(head(bytes)),
  },
  {
    name: 'a TensorFlow Lite model',
    hint: 'Pass the frozen graph it was converted from.',
    matches: (bytes) => starts(bytes, [0x54, 0x46, 0x4c, 0x33], 4),
  },
  {
    name: 'a Keras model in HDF5',
    hint: 'Save it as a SavedModel and freeze that.',
    matches: (bytes) => starts(bytes, [0x89, 0x48, 0x44, 0x46]),
  },
  {
    name: 'a zip archive (Keras saves its models so)',
    hint: 'Save it as a SavedModel and freeze that.',
    matches: (bytes) => starts(bytes, [0x50, 0x4b, 0x03, 0x04]),
  },
  {
    name: 'a Caffe model',
    hint: 'Pass it with --framework caffe, the prototxt as --deploy_model.',
    matches: (_, name) => /\.(caffemodel|prototxt)$/.test(name),
  },
];

/** Throws `format`, naming the kind of file, for known kinds other than a GraphDef. */
export function refuse(bytes: Uint8Array, fileName: string): void {
  const kind = kinds.find((candidate) => candidate.matches(bytes, fileName));
  if (kind !== undefined) fail('format', fileName, `this is ${kind.name}; ${FROZEN}.`, kind.hint);
  const other = sniff(bytes);
  if (other !== undefined && other !== 'a text file') fail('format', fileName, `this is ${other}; ${FROZEN}.`);
  if (other === 'a text file' && !/^(node|versions?|library)\s*[:{<]/.test(withoutComments(head(bytes)))) {
    fail('format', fileName, `this is a text file; ${FROZEN}, binary or as text.`);
  }
}

/** The text from its first line on that is neither empty nor a comment. */
function withoutComments(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const first = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
  return first < 0 ? '' : lines.slice(first).join('\n');
}
