import { fail } from '../error.js';
import { readNpy } from '../formats/npy.js';
import { type Graph, producers, type ValueId } from '../graph/graph.js';
import { joinPath, listFiles, readFile } from '../platform/index.js';
import { faultedFile } from '../report/fault-lines.js';
import type { OverlayName } from '../scaling/index.js';
import { checkScaling } from '../scaling-file/check.js';
import type { Fault } from '../scaling-file/fault.js';
import { elements, formatShape, type TypedArray } from '../tensor.js';
import { type ComparedDump, compareDump, type DumpDifference, mergeDumps } from '../verification/compare-dump.js';
import { blobFiles } from './blob-files.js';
import { type EmulatedNetwork, emulatedValues, openEmulation } from './emulate.js';
import type { JobHooks } from './hooks.js';
import { refuseUnknownFlags } from './known-flags.js';
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

const VERIFY_DUMPS_FLAGS: Readonly<Record<keyof VerifyDumpsFlags, true>> = {
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
 */
export async function verifyDumps(flags: VerifyDumpsFlags, hooks: JobHooks = {}): Promise<VerifyDumpsResult> {
  refuseUnknownFlags('verifyDumps', flags, { ...QUANTIZE_FLAGS, ...VERIFY_DUMPS_FLAGS });
  const { entries, overlay } = await loadFitting(flags.scaling, flags.overlay);
  const loaded = await loadNetwork(flags, hooks.warn);
  const { graph } = loaded;
  const { source, names } = await listInputs(flags, loaded, hooks);
  const network = { graph, calibrated: fittingGraph(graph, entries), entries, overlay };
  const faults = checkScaling(entries, { graph: network.calibrated, overlay });
  for (const line of faultedFile(faults, flags.scaling)) hooks.warn?.(line);
  const dumps = await readDumps(flags.dumps, graph, dumpedValues(network), names.length);
  const emulate = openEmulation(network, [...new Set(dumps.map(({ id }) => id))]);
  await reportInputs(source, flags, loaded, hooks);
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
async function readDumps(folder: string, graph: Graph, meaning: ValueOfName, images: number): Promise<Dump[]> {
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
    const dump = await readDump({ folder, file, value: meaning(name) }, graph, images);
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
  if (!Number.isInteger(count) || count < 1)
    fail(
      'data',
      path,
      `expected an array of shape ${formatShape(wanted)}, or several along the first axis, got ${formatShape(shape)}.`,
    );
  if (count > images)
    fail(
      'data',
      path,
      `expected at most ${images} images, as many as are given, got ${count}.`,
      'Pass the images of the dump in its order.',
    );
  return { id, data, images: count };
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
