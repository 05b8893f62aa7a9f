import { fail } from '../error.js';
import { identify, looksLikeText } from '../formats/sniff.js';
import { decodeText } from '../formats/text.js';
import type { Graph } from '../graph/graph.js';
import { optimise } from '../optimise/index.js';
import { placementOf } from '../placement/placement.js';
import { entriesByName } from '../placement/wanted-grids.js';
import { readFile } from '../platform/index.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import { checkGrids } from '../scaling-file/check-grids.js';
import { sharedNames } from '../scaling-file/check-model.js';
import { isFault } from '../scaling-file/fault.js';
import { fittingOverlay } from '../scaling-file/fitting-overlay.js';
import { graphOfScalingFile } from '../scaling-file/graph-of-scaling-file.js';
import { parseScaling, placeOf, type ReadScaling, readScaling } from '../scaling-file/parse.js';
import { describeNetwork, type NetworkFlags } from './network.js';

/** The text of a scaling file. Throws `file`, and `format` for a file that is no JSON, by its kind. */
async function textOf(path: string): Promise<string> {
  const bytes = await readFile(path);
  const found = identify(bytes);
  const other = found === undefined && !looksLikeText(bytes) ? 'a binary file' : found?.name;
  const isJson = found?.kind === 'json' || /^\s*[{[]/.test(new TextDecoder().decode(bytes.subarray(0, 64)));
  if (other !== undefined && !isJson)
    fail(
      'format',
      path,
      `this is ${other}, not JSON; expected a scaling file.`,
      'Pass the file that xfdnn quantize wrote (--output_json).',
    );
  return decodeText(bytes, path);
}

/**
 * The entries of a scaling file. Throws `file`; `format` at the file's first fault, and at a threshold or a width that
 * no grid can have.
 */
export async function loadScaling(path: string): Promise<ScalingEntry[]> {
  const entries = parseScaling(await textOf(path), path);
  const found = entries.flatMap(checkGrids).find(isFault);
  if (found !== undefined)
    fail(
      'format',
      `${path}: entry "${found.entry}": ${placeOf(found)}`,
      found.message,
      'xfdnn check names every fault of the file.',
    );
  return entries;
}

/** The entries of a scaling file, and its faults. Throws `file`, and `format` for text that is no scaling file at all. */
export async function inspectScaling(path: string): Promise<ReadScaling> {
  return readScaling(await textOf(path), path);
}

/**
 * The entries of a scaling file with the overlay that they are run on: the one asked for, else the one detected. Throws as
 * {@link loadScaling} and {@link fittingOverlay}.
 */
export async function loadFitting(
  path: string,
  asked: OverlayName | undefined,
): Promise<{ readonly entries: ScalingEntry[]; readonly overlay: OverlayName }> {
  const entries = await loadScaling(path);
  return { entries, overlay: fittingOverlay(entries, asked, path) };
}

/**
 * The graph that entries were measured on, of an imported network. Throws `data` where they do not fit it, before any image is
 * read.
 */
export function fittingGraph(imported: Graph, entries: readonly ScalingEntry[]): Graph {
  expectSameNetwork(imported, entries);
  const graph = graphOfScalingFile(imported, entries);
  placementOf(graph, entriesByName(entries));
  return graph;
}

/** Throws `data` where most entries are of layers that the network does not have. */
function expectSameNetwork({ name, nodes }: Graph, entries: readonly ScalingEntry[]): void {
  const shared = sharedNames(entries, nodes);
  if (2 * shared >= entries.length) return;
  fail(
    'data',
    '--scaling',
    `expected a file of the network${name === '' ? '' : ` "${name}"`}, got one that shares ${shared} of its ${entries.length} names with the layers: this looks like another network's file.`,
    'Pass the file that was made of this network, or its network.',
  );
}

/** A network as the entries of a scaling file describe it. `weights` false: only its shapes are known. */
export interface DescribedNetwork {
  readonly graph: Graph;
  readonly weights: boolean;
}

/**
 * The network that the flags name, as these entries were measured on it; undefined where the flags name no network.
 * Throws as {@link loadNetwork}.
 */
export async function describedNetwork(
  flags: NetworkFlags,
  entries: readonly ScalingEntry[],
): Promise<DescribedNetwork | undefined> {
  if (flags.deploy_model === undefined) {
    if (flags.weights !== undefined)
      fail(
        'usage',
        '--weights',
        'expected --deploy_model beside it, got none.',
        'Pass the network whose weights these are.',
      );
    return undefined;
  }
  const { graph, hasWeights } = await describeNetwork(flags);
  return { graph: hasWeights ? graphOfScalingFile(graph, entries) : optimise(graph).graph, weights: hasWeights };
}
