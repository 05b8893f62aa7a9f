import type { Walk } from '../calibration/planners.js';
import type { Graph } from '../graph/graph.js';
import { dropIdentities, dropUnused, optimise } from '../optimise/index.js';
import type { Framework } from './network.js';

/** The walk that a framework's networks are calibrated with where none is asked for. */
export function defaultWalk(framework: Framework): Walk {
  return framework === 'caffe' ? 'progressive' : 'reference';
}

/** A network as a walk takes it: optimised for the progressive one, with nothing folded for the reference walk. */
export function graphForWalk(graph: Graph, walk: Walk): Graph {
  return walk === 'progressive' ? optimise(graph).graph : dropIdentities(dropUnused(graph));
}
