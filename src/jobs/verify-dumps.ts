import { fail } from '../error.js';
import { readNpy } from '../formats/npy.js';
import { type Graph, producers, type ValueId } from '../graph/graph.js';
import { originals } from '../optimise/index.js';
import { placementOf } from '../placement/placement.js';
import { entriesByName } from '../placement/wanted-grids.js';
import { joinPath, keepingFiles, listFiles, readFile } from '../platform/index.js';
import { faultedFile } from '../report/fault-lines.js';
import { counted } from '../report/words.js';
import type { OverlayName } from '../scaling/index.js';
import { checkScaling } from '../scaling-file/check.js';
import type { Fault } from '../scaling-file/fault.js';
import { elements, formatShape, type Shape, type TypedArray } from '../tensor.js';
import { type ComparedDump, compareDump, type DumpDifference, mergeDumps } from '../verification/compare-dump.js';
import { blobFiles } from './blob-files.js';
import { type EmulatedNetwork, emulatedValues, openEmulation } from './emulate.js';
import type { JobHooks } from './hooks.js';
import { type FlagTable, refuseUnknownFlags } from './known-flags.js';
import { loadNetwork, NETWORK_FLAGS, type NetworkFlags } from './network.js';
import { firstImages, INPUT_FLAGS, type InputFlags, listInputs, reportInputs } from './network-inputs.js';
import { QUANTIZE_FLAGS } from './quantize-flags.js';
import { fittingGraph, loadFitting } from './scaling-file.js';

/** The flags of `verify --dumps`, spelled as on the command line. */
export interface VerifyDumpsFlags extends NetworkFlags, InputFlags {
  /** Path of the scaling file. */
  readonly scaling: string;
  /** Detected from the file where absent. */
  readonly overlay?: OverlayName | undefined;
  /** A folder of `name.npy` or `name@version.npy` (`/` written `__`): codes of layers or blobs, the images one after the other. */
  readonly dumps: string;
}

const VERIFY_DUMPS_FLAGS: FlagTable<VerifyDumpsFlags> = {
  ...NETWORK_FLAGS,
  ...INPUT_FLAGS,
  scaling: true,
  overlay: true,
  dumps: true,
};

/** The result of `verify --dumps`. */
export interface VerifyDumpsResult {
  /** The overlay that was emulated. */
  readonly overlay: OverlayName;
  /** The findings of `check` about the scaling file: the emulation takes a file with faults as it is. */
  readonly faults: readonly Fault[];
  /** In network order. */
  readonly dumps: readonly ComparedDump[];
  /** The first dump that differs, in network order; null where all are equal. */
  readonly firstDifference: ComparedDump | null;
}

/** A dump file with the value that it holds. */
interface Dump {
  readonly file: string;
  readonly id: ValueId;
  /** The layer that writes the value. */
  readonly layer: string;
  readonly data: TypedArray;
  /** Number of images. */
  readonly images: number;
}

/**
 * Compares codes that a board or another simulator wrote with the emulation on the same images.
 * Throws `usage`, `file`, `format`, `model`, `unsupported`, `data`.
 *
 * @function
 */
export const verifyDumps = keepingFiles(verifyDumpsJob);

async function verifyDumpsJob(flags: VerifyDumpsFlags, hooks: JobHooks = {}): Promise<VerifyDumpsResult> {
  refuseUnknownFlags('verifyDumps', flags, { ...QUANTIZE_FLAGS, ...VERIFY_DUMPS_FLAGS });
  const { entries, overlay } = await loadFitting(flags.scaling, flags.overlay);
  const loaded = await loadNetwork(flags, hooks);
  const { graph } = loaded;
  const { source, names } = await listInputs(flags, loaded, hooks);
  const network = { graph, calibrated: fittingGraph(graph, entries), entries, overlay };
  const faults = checkScaling(entries, { graph: network.calibrated, overlay });
  for (const line of faultedFile(faults, flags.scaling)) hooks.warn?.(line);
  const dumps = await readDumps(flags.dumps, network, names.length);
  const emulate = openEmulation(network, [...new Set(dumps.map(({ id }) => id))]);
  await reportInputs(source, flags, loaded, hooks);
  const short = dumps.filter((dump) => dump.images < names.length);
  if (short.length > 0) hooks.note?.(fewerImages(short, names.length));
  const images = dumps.reduce((most, dump) => Math.max(most, dump.images), 0);
  const differences = new Map<Dump, DumpDifference>();
  await emulate(
    firstImages(source, images),
    (image, id, value) => {
      const { layout } = valueById(graph, id);
      const size = value.tensor.data.length;
      for (const dump of dumps.filter((other) => other.id === id && image < other.images)) {
        const data = dump.data.subarray(image * size, (image + 1) * size);
        const difference = compareDump(data, value, layout, image);
        const before = differences.get(dump);
        differences.set(dump, before === undefined ? difference : mergeDumps(before, difference));
      }
    },
    hooks,
  );
  const compared = dumps.flatMap((dump) => comparedDump(dump, differences.get(dump)));
  return { overlay, faults, dumps: compared, firstDifference: compared.find(({ differing }) => differing > 0) ?? null };
}

function comparedDump({ file, layer, images }: Dump, difference: DumpDifference | undefined): ComparedDump[] {
  return difference === undefined ? [] : [{ file, layer, images, ...difference }];
}

function valueById(graph: Graph, id: ValueId): Graph['values'][number] {
  return graph.values[id] ?? fail('internal', graph.name, `expected a value ${id}, got none.`);
}

/** The value that a name of a dump means; undefined for a name that the network does not have. */
type ValueOfName = (name: string) => ValueId | undefined;

/**
 * Names as {@link valueNamed} reads them. The name of a layer whose own result the overlay does not compute means what it
 * computes in place of it: behind the batch norm that is folded into the layer.
 */
function dumpedValues({ graph, calibrated }: EmulatedNetwork): ValueOfName {
  const isComputed = emulatedValues({ graph, calibrated });
  const { nodes } = calibrated;
  const writers = producers(graph);
  return (name) => {
    const id = valueNamed(graph, name);
    if (id === undefined || isComputed(id)) return id;
    const layer = graph.nodes[writers[id] ?? -1]?.name;
    return nodes.find((node) => node.name === layer)?.outputs[0] ?? id;
  };
}

/** The dumps of a folder, in network order. */
async function readDumps(folder: string, network: EmulatedNetwork, images: number): Promise<Dump[]> {
  const { graph } = network;
  const meaning = dumpedValues(network);
  const typeOf = dumpedTypes(network);
  const files = (await listFiles(folder)).filter((name) => name.endsWith('.npy'));
  if (files.length === 0)
    fail('file', folder, 'expected dumps (name.npy), got none.', 'Name each after its layer or blob, with __ for /.');
  const writers = producers(graph);
  const blobs = new Map([...(await blobFiles(Object.keys(graph.names)))].map(([name, file]) => [file, name]));
  const order = (id: ValueId): number => writers[id] ?? -1;
  const layerOf = (id: ValueId): string => graph.nodes[order(id)]?.name ?? valueById(graph, id).blob;
  const dumps: Dump[] = [];
  for (const file of files) {
    const name = blobs.get(file) ?? file.slice(0, -'.npy'.length);
    const dump = await readDump({ folder, file, value: meaning(name) }, graph, typeOf, images);
    dumps.push({ ...dump, file, layer: layerOf(dump.id) });
  }
  return dumps.sort((a, b) => order(a.id) - order(b.id) || a.id - b.id);
}

/** A file of a folder of dumps, with the value that its name means. */
interface DumpFile {
  readonly folder: string;
  readonly file: string;
  readonly value: ValueId | undefined;
}

async function readDump(
  { folder, file, value }: DumpFile,
  graph: Graph,
  typeOf: (id: ValueId) => DumpedType,
  images: number,
): Promise<Pick<Dump, 'id' | 'data' | 'images'>> {
  const path = joinPath(folder, file);
  const id =
    value ??
    fail(
      'data',
      path,
      'expected the name of a layer or blob of the network, got another.',
      'xfdnn inspect lists them; the n-th value of a blob is name@n.npy.',
    );
  const { shape, data } = readNpy(await readFile(path), path);
  const wanted = valueById(graph, id).shape;
  const count = data.length / elements(wanted);
  if (!Number.isInteger(count) || count < 1 || !isBatch(shape, count, wanted))
    fail(
      'data',
      path,
      `expected an array of shape ${formatShape(wanted)}, or several along the first axis, got ${formatShape(shape)}.`,
      'Write the elements of one image after the other, in the shape that xfdnn inspect prints.',
    );
  expectType(path, data, typeOf(id));
  if (count > images)
    fail(
      'data',
      path,
      `expected at most ${images} images, as many as are given, got ${count}.`,
      'Pass the images of the dump in its order.',
    );
  return { id, data, images: count };
}

/** Whether a shape is that of so many images. Axes of 1 do not count. */
function isBatch(shape: Shape, count: number, [, ...wanted]: Shape): boolean {
  const long = (sizes: Shape): string => sizes.filter((size) => size !== 1).join();
  return long(shape) === long([count, ...wanted]);
}

/** The elements that a dump of a value has: codes of a width, or float32 of the host. */
type DumpedType = 8 | 16 | 'float';

/** Codes may be kept in wider whole numbers than their own; float32 of the host in float64. */
const DUMPED_TYPES: Readonly<Record<DumpedType, { readonly name: string; readonly arrays: readonly object[] }>> = {
  8: { name: 'int8', arrays: [Int8Array, Int16Array, Int32Array] },
  16: { name: 'int16', arrays: [Int16Array, Int32Array] },
  float: { name: 'float32', arrays: [Float32Array, Float64Array] },
};

function dumpedTypes({ graph, calibrated, entries }: EmulatedNetwork): (id: ValueId) => DumpedType {
  const placement = placementOf(calibrated, entriesByName(entries));
  const all = originals(
    graph,
    graph.values.map(({ id }) => id),
  );
  return (id) => {
    const { kind, grid } = placement.value(all[id] ?? id);
    return kind === 'codes' ? grid.bits : 'float';
  };
}

function expectType(path: string, data: TypedArray, type: DumpedType): void {
  const { name, arrays } = DUMPED_TYPES[type];
  if (arrays.includes(data.constructor)) return;
  const got = data.constructor.name.replace('Array', '').toLowerCase();
  const hint =
    type === 'float'
      ? 'The host computes this layer in float32.'
      : 'Dump the codes of the overlay, not the values that they stand for.';
  fail('data', path, `expected ${name}, got ${got}.`, hint);
}

/** A note about dumps of fewer images than are given. */
function fewerImages(dumps: readonly Dump[], images: number): string {
  const [first] = dumps;
  return `note: ${counted(dumps.length, 'dump')} of fewer images than the ${images} that are given (${first?.file}: ${first?.images}): only images that a dump has are compared.`;
}

/** The value of a name: of a layer, of a blob's last version, or `blob@version`; undefined where there is none. */
function valueNamed(graph: Graph, word: string): ValueId | undefined {
  for (const name of [word, word.replaceAll('__', '/')]) {
    const [, blob, version] = /^(.*)@(\d+)$/s.exec(name) ?? [];
    const id =
      (Object.hasOwn(graph.names, name) ? graph.names[name] : undefined) ??
      graph.values.find((value) => value.blob === blob && value.version === Number(version))?.id;
    if (id !== undefined) return id;
  }
  return undefined;
}
