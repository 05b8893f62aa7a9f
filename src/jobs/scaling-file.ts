import { fail } from '../error.js';
import { decodeText } from '../formats/text.js';
import type { Graph } from '../graph/graph.js';
import { optimise } from '../optimise/index.js';
import { readFile } from '../platform/index.js';
import type { ScalingEntry } from '../scaling/index.js';
import { checkGrids } from '../scaling-file/check-grids.js';
import { isFault } from '../scaling-file/fault.js';
import { graphOfScalingFile } from '../scaling-file/graph-of-scaling-file.js';
import { parseScaling, placeOf, type ReadScaling, readScaling } from '../scaling-file/parse.js';
import { describeNetwork, type NetworkFlags } from './network.js';

const textOf = async (path: string): Promise<string> => decodeText(await readFile(path), path);

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
