import { environment } from './platform/index.js';

/**
 * Bounds of what a file may ask for, so that a small file cannot ask for more memory than a machine has. Each is far above
 * what networks and photographs need; docs/robustness.md lists them. A positive number in the environment variable replaces it.
 */
const LIMITS = {
  /** Elements of one value or constant: 1 GiB as float32. */
  elements: { variable: 'XFDNN_MAX_ELEMENTS', value: 2 ** 28 },
  /** Elements of all constants that a graph computes or repeats, beyond 16 for each byte of its file. */
  constants: { variable: 'XFDNN_MAX_CONSTANTS', value: 2 ** 25 },
  /** Nodes that calls of functions become, beyond 16 for each node of the file. */
  inlined: { variable: 'XFDNN_MAX_INLINED', value: 2 ** 14 },
  /** Outputs of one node. */
  nodes: { variable: 'XFDNN_MAX_NODES', value: 2 ** 18 },
  /** Bytes that the decoding of one image takes, in each thread. */
  image: { variable: 'XFDNN_MAX_IMAGE', value: 1.5 * 2 ** 30 },
  /** Bytes of a text file: a prototxt, a text GraphDef, a scaling file. */
  text: { variable: 'XFDNN_MAX_TEXT', value: 2 ** 28 },
  /** Bytes of a whole calibration; where the variable is not set, what the machine has. */
  memory: { variable: 'XFDNN_MAX_MEMORY', value: Infinity },
} as const;

/** What is bounded. */
export type Limited = keyof typeof LIMITS;

/** The largest number that is allowed. */
export function limitOf(what: Limited): number {
  const { variable, value } = LIMITS[what];
  const given = Number(environment.variable(variable));
  return given > 0 ? given : value;
}

/** The sentence that tells how a limit is raised. */
export function raiseHint(what: Limited): string {
  return `${LIMITS[what].variable} raises the limit.`;
}
