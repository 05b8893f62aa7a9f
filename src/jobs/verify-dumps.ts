import { fail } from '../error.js';
import { readNpy } from '../formats/npy.js';
import { type Graph, producers, type ValueId } from '../graph/graph.js';
import { joinPath, listFiles, readFile } from '../platform/index.js';
import type { OverlayName } from '../scaling/index.js';
import { detectOverlay } from '../scaling-file/entry-form.js';
import { elements, formatShape, type TypedArray } from '../tensor.js';
import { type ComparedDump, compareDump, type DumpDifference, mergeDumps } from '../verification/compare-dump.js';
import { emulate } from './emulate.js';
import { loadNetwork, type NetworkFlags } from './network.js';
import { type InputFlags, networkInputs } from './network-inputs.js';
import type { JobHooks } from './quantize.js';
import { loadScaling } from './scaling-file.js';
import { openLoader } from './worker-tasks.js';

/** The flags of `verify --dumps`, spelled as on the command line. */
export interface VerifyDumpsOptions extends NetworkFlags, InputFlags {
  readonly scaling: string;
  readonly overlay?: OverlayName | undefined;
  /** A folder of `name.npy` or `name@version.npy` (`/` written `__`): codes of layers or blobs, the images one after the other. */
  readonly dumps: string;
}

/** What `verify --dumps` found. */
export interface VerifyDumpsResult {
  readonly overlay: OverlayName;
  /** In network order. */
  readonly dumps: readonly ComparedDump[];
  /** The first dump that differs, in network order. */
  readonly firstDifference: ComparedDump | null;
}

interface Dump {
  readonly file: string;
  readonly id: ValueId;
  readonly data: TypedArray;
  readonly images: number;
}

/** Compares codes that a board or another simulator wrote with the emulation on the same images. */
export async function verifyDumps(options: VerifyDumpsOptions, hooks: JobHooks = {}): Promise<VerifyDumpsResult> {
  const entries = await loadScaling(options.scaling);
  const overlay = options.overlay ?? detectOverlay(entries);
  const network = await loadNetwork(options, hooks.warn);
  const { source, names } = await networkInputs(options, network);
  const dumps = await readDumps(options.dumps, network.graph, names.length);
  const load = openLoader(source);
  const found = new Map<Dump, DumpDifference>();
  const count = dumps.reduce((most, { images }) => Math.max(most, images), 0);
  const inputs = Array.from({ length: count }, (_, image) => () => load(image));
  await emulate(
    network.graph,
    [...new Set(dumps.map(({ id }) => id))],
    entries,
    overlay,
    inputs,
    (image, id, value) => {
      for (const dump of dumps.filter((one) => one.id === id && image < one.images)) {
        const size = value.tensor.data.length;
        const difference = compareDump(
          dump.data.subarray(image * size, (image + 1) * size),
          value,
          network.graph.values[id]!.layout,
          image,
        );
        found.set(dump, found.has(dump) ? mergeDumps(found.get(dump)!, difference) : difference);
      }
    },
    hooks,
  );
  const writers = producers(network.graph);
  const compared = dumps.map((dump) => ({
    file: dump.file,
    layer: network.graph.nodes[writers[dump.id]!]!.name,
    images: dump.images,
    ...found.get(dump)!,
  }));
  return { overlay, dumps: compared, firstDifference: compared.find(({ differing }) => differing > 0) ?? null };
}

/** The dumps of a folder, in network order. */
async function readDumps(folder: string, graph: Graph, images: number): Promise<Dump[]> {
  const files = (await listFiles(folder)).filter((name) => name.endsWith('.npy'));
  if (files.length === 0)
    fail('file', folder, 'expected dumps (name.npy), got none.', 'Name each after its layer or blob, with __ for /.');
  const dumps: Dump[] = [];
  for (const file of files) dumps.push(await readDump(folder, file, graph, images));
  const writers = producers(graph);
  return dumps.sort((a, b) => writers[a.id]! - writers[b.id]! || a.id - b.id);
}

async function readDump(folder: string, file: string, graph: Graph, images: number): Promise<Dump> {
  const path = joinPath(folder, file);
  const id =
    valueNamed(graph, file.slice(0, -'.npy'.length)) ??
    fail(
      'data',
      path,
      'expected the name of a layer or blob of the network, got another.',
      'xfdnn inspect lists them; the n-th value of a blob is name@n.npy.',
    );
  const { shape, data } = readNpy(await readFile(path), path);
  const wanted = graph.values[id]!.shape;
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
  return { file, id, data, images: count };
}

/** A layer's value, a blob's last one, or `blob@version`. */
function valueNamed(graph: Graph, word: string): ValueId | undefined {
  for (const name of [word, word.replaceAll('__', '/')]) {
    const [, blob, version] = /^(.*)@(\d+)$/s.exec(name) ?? [];
    const id =
      graph.names[name] ?? graph.values.find((value) => value.blob === blob && value.version === Number(version))?.id;
    if (id !== undefined) return id;
  }
  return undefined;
}
