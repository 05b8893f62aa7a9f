import { boardLayers } from '../board/layers.js';
import { Emulator } from '../emulator/emulator.js';
import { expectFiniteInputs } from '../graph/expect-finite.js';
import type { ValueId } from '../graph/graph.js';
import { type ImageSource, imageCount, loadInputs, openImages } from '../images/index.js';
import { createEngine } from '../kernels/engine.js';
import { placementOf } from '../placement/placement.js';
import { joinPath, keepingFiles, writeFileAtomic } from '../platform/index.js';
import { faultedFile } from '../report/fault-lines.js';
import { type OverlayName, overlayOf } from '../scaling/index.js';
import { checkScaling } from '../scaling-file/check.js';
import type { Fault } from '../scaling-file/fault.js';
import type { Tensor, TypedArray } from '../tensor.js';
import { boardFiles, boardPaths } from './board-files.js';
import { checkTraces, tracesOf } from './board-traces.js';
import type { JobHooks } from './hooks.js';
import { JoinedImages } from './joined-images.js';
import { kitFiles } from './kit-files.js';
import { expectKitFolder, removeFormerKit } from './kit-folder.js';
import { type FlagTable, refuseUnknownFlags } from './known-flags.js';
import { loadNetwork, NETWORK_FLAGS, type NetworkFlags } from './network.js';
import { INPUT_FLAGS, type InputFlags, networkInputs } from './network-inputs.js';
import { checkOutputs } from './outputs.js';
import { expectMemory, plannedRun, resultBytes } from './planned-memory.js';
import { inputPaths, pathsOfSource } from './run.js';
import { fittingGraph, loadFitting } from './scaling-file.js';

/** The flags of `export`, spelled as on the command line. */
export interface ExportFlags extends NetworkFlags, InputFlags {
  /** The folder that is written. */
  readonly folder: string;
  /** Path of the scaling file. */
  readonly scaling: string;
  /** Detected from the file where absent. */
  readonly overlay?: OverlayName | undefined;
  /** Pixels whose sums are written, `layer:channel,y,x`. */
  readonly trace?: readonly string[] | undefined;
  /** Whether a folder is written into that holds other files than those of a former export; it is refused where absent. */
  readonly force?: boolean | undefined;
}

const EXPORT_FLAGS: FlagTable<ExportFlags> = {
  ...NETWORK_FLAGS,
  ...INPUT_FLAGS,
  folder: true,
  scaling: true,
  overlay: true,
  trace: 'list',
  force: true,
};

/** What `export` wrote. */
export interface ExportResult {
  /** The overlay that the kit is for. */
  readonly overlay: OverlayName;
  /** The layers of the overlay, in network order. */
  readonly layers: readonly string[];
  /** The names of the images, in the order of the golden codes. */
  readonly images: readonly string[];
  /** The findings of `check` about the scaling file: codes of a file with faults are those of the file as it is. */
  readonly faults: readonly Fault[];
  /** Paths of all files. */
  readonly files: readonly string[];
}

/**
 * Writes what a board, or somebody else's emulation, is fed and compared with: weights, biases and multipliers of every layer
 * of the overlay, golden codes of images, known answers of the overlay's functions, C headers. docs/export.md has the layout. A file
 * with faults is taken as it is, with a warning. Files of a former export into the folder are removed.
 * Throws `usage`, `file`, `format`, `model`, `unsupported`, `data`.
 *
 * @function
 */
export const exportKit = keepingFiles(exportJob);

async function exportJob(flags: ExportFlags, hooks: JobHooks = {}): Promise<ExportResult> {
  refuseUnknownFlags('exportKit', flags, EXPORT_FLAGS);
  await expectKitFolder(flags.folder, flags.force);
  const { entries, overlay } = await loadFitting(flags.scaling, flags.overlay);
  const network = await loadNetwork(flags, hooks);
  const graph = fittingGraph(network.graph, entries);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const placement = placementOf(graph, byName);
  const layers = boardLayers(placement, overlayOf(overlay));
  const faults = checkScaling(entries, { graph, overlay });
  for (const line of faultedFile(faults, flags.scaling)) hooks.warn?.(line);
  const kit = { placement, layers, overlay, faults, files: await boardFiles(placement, layers, network.graph) };
  const requests = checkTraces(flags.trace ?? [], kit);
  const images = await networkInputs(flags, network, hooks);
  const paths = boardPaths(kit.files, requests.length > 0);
  const planned = paths.map((path) => [path, joinPath(flags.folder, path)] as const);
  await checkOutputs(new Map(planned), [...(await inputPaths(flags)), ...pathsOfSource(images.source)]);
  const wanted = new Set(kit.files.values.keys());
  const kept = resultBytes(graph, [...wanted], { images: imageCount(images.source) });
  const held = { imported: network.graph, graph };
  await expectMemory(plannedRun(held, { threads: 1, arithmetic: 'overlay', kept }), 'Take fewer images.');
  const emulator = new Emulator(await createEngine(), graph, byName, overlay);
  const { values, inputs } = await goldenValues(emulator, wanted, images.source, hooks);
  const traces = tracesOf(kit, requests, values);
  await removeFormerKit(flags.folder, paths);
  const files: string[] = [];
  for (const { path, content } of kitFiles({ ...kit, paths, images: images.names, values, inputs, traces })) {
    const to = joinPath(flags.folder, path);
    await writeFileAtomic(to, content);
    files.push(to);
  }
  return { overlay, layers: kit.files.layers.map(({ name }) => name), images: images.names, faults, files };
}

/** Runs the images: the wanted values and the network's inputs, images along the first axis. */
async function goldenValues(
  emulator: Emulator,
  wanted: ReadonlySet<ValueId>,
  source: ImageSource,
  hooks: JobHooks,
): Promise<{ values: Map<ValueId, Tensor<TypedArray>>; inputs: Tensor[] }> {
  const { graph } = emulator.placement.analysis;
  const load = openImages(source);
  const count = imageCount(source);
  const values = new Map([...wanted].map((id) => [id, new JoinedImages(count)]));
  const inputs = graph.inputs.map(() => new JoinedImages<Float32Array>(count));
  for (let image = 0; image < count; image++) {
    hooks.progress?.(image, count, 'emulate');
    const feeds = await loadInputs(load, graph.inputs, image);
    expectFiniteInputs(graph, feeds, image);
    for (const [i, data] of feeds.entries())
      inputs[i]?.add({ shape: emulator.placement.analysis.value(graph.inputs[i] ?? 0).shape, data });
    emulator.run(feeds, wanted, (id, { tensor }) => values.get(id)?.add(tensor));
  }
  const joined = [...values].map(([id, { tensor }]) => [id, tensor] as const);
  return { values: new Map(joined), inputs: inputs.map(({ tensor }) => tensor) };
}
