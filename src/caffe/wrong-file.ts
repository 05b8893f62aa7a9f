import { fail } from '../error.js';
import { type FileKind, type IdentifiedFile, identify, textKind } from '../formats/sniff.js';
import { topFields } from '../formats/wire-fields.js';

const swapped = 'Are model and weights swapped?';
const frozen = 'Save a Keras model as a SavedModel, freeze that and pass the frozen graph (.pb).';
const convert = 'Convert the network to Caffe, or pass a frozen TensorFlow graph with --deploy_model.';

/** Ways out for a file that is neither a prototxt nor a caffemodel. */
const remedies: Partial<Readonly<Record<FileKind, string>>> = {
  empty: 'Fetch it again.',
  archive: 'Unpack it.',
  hdf5: 'Save the weights as a binary caffemodel (in pycaffe: net.save; in a solver: snapshot_format BINARYPROTO).',
  onnx: convert,
  tflite: convert,
  tfjs: convert,
  keras: convert,
  pytorch: convert,
  pickle: convert,
  darknet: convert,
  ncnn: convert,
  numpy: 'Convert it to a caffemodel.',
  matlab: 'Convert it to a caffemodel.',
  checkpoint: convert,
  'graph-def': 'Pass it with --deploy_model and --framework tensorflow, without --weights.',
  'web-page': 'Download the file itself instead of the page that shows it.',
  'lfs-pointer': 'Fetch the file itself: git lfs pull.',
  blob: 'Give the caffemodel; the channel means go to --mean_value.',
};

/** Throws `format` if the bytes are of a known kind of file other than a caffemodel. */
export function refuseWeights(bytes: Uint8Array, name: string): void {
  const found = identify(bytes);
  if (found === undefined) return;
  const hint =
    found.kind === 'solver-state'
      ? `Give the caffemodel it belongs to${learnedNet(bytes)}.`
      : found.kind === 'text'
        ? swapped
        : (remedies[found.kind] ?? '');
  fail('format', name, `this is ${found.name}; expected a binary caffemodel.`, hint);
}

/** The name of the caffemodel that a solver state was written with, ` (iter_10.caffemodel)`; empty if it holds none. */
function learnedNet(bytes: Uint8Array): string {
  const stored = topFields(bytes, 2).find(({ number }) => number === 2);
  const path = new TextDecoder().decode(stored?.payload ?? new Uint8Array(0));
  return path === '' ? '' : ` (${path.split(/[\\/]/).at(-1)})`;
}

/** Throws `format` if a text is of a known kind other than a prototxt: a web page, an LFS pointer, JSON. */
export function refuseText(text: string, name: string): void {
  const found = textKind(text.slice(0, 4096));
  if (found.kind !== 'text') refuseModel(found, name);
  if (/\S/.test(text) && !/[{:]/.test(text))
    fail(
      'format',
      name,
      'this is a text without a layer; expected the text of a prototxt.',
      'Pass the deploy prototxt; a list of classes or images goes to --labels or --images.',
    );
}

/** Throws `format` for a binary file in place of a prototxt. */
export function refuseBinary(bytes: Uint8Array | undefined, name: string): never {
  return refuseModel(bytes === undefined ? undefined : identify(bytes), name);
}

function refuseModel(found: IdentifiedFile | undefined, name: string): never {
  const hint = found === undefined ? swapped : found.kind === 'hdf5' ? frozen : (remedies[found.kind] ?? swapped);
  return fail('format', name, `this is ${found?.name ?? 'a binary file'}; expected the text of a prototxt.`, hint);
}
