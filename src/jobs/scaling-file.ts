import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { optimise } from '../optimise/index.js';
import { readFile } from '../platform/index.js';
import type { ScalingEntry } from '../scaling/index.js';
import { checkGrids } from '../scaling-file/check-grids.js';
import { isFault } from '../scaling-file/fault.js';
import { graphOfScalingFile } from '../scaling-file/graph-of-scaling-file.js';
import { parseScaling, placeOf, type ReadScaling, readScaling } from '../scaling-file/parse.js';
import { inspectNetwork, loadNetwork, type NetworkFlags } from './network.js';

const textOf = async (path: string): Promise<string> => new TextDecoder().decode(await readFile(path));

/** The entries of a file. Throws `file`, or `format` at its first fault, a threshold or width that no arithmetic can take among them. */
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

/** The entries of a file and what is wrong with it. */
export async function inspectScaling(path: string): Promise<ReadScaling> {
  return readScaling(await textOf(path), path);
}

/** A network as a scaling file describes it. `weights` false: nothing but shapes is known. */
export interface DescribedNetwork {
  readonly graph: Graph;
  readonly weights: boolean;
}

/** The network the flags name, with its weights or without, as these entries were measured on it; undefined where they name none. */
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
  const isBare =
    flags.weights === undefined &&
    flags.seed_weights === undefined &&
    !/\.pb(txt)?$/i.test(flags.deploy_model) &&
    flags.framework !== 'tensorflow';
  if (isBare) return { graph: optimise((await inspectNetwork(flags)).graph).graph, weights: false };
  return { graph: graphOfScalingFile((await loadNetwork(flags)).graph, entries), weights: true };
}
