import { fail } from '../error.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { exists } from '../platform/index.js';

/** A path for the network's one input, or `NAME=PATH` for each of several. */
export type InputPaths = string | readonly string[];

/**
 * The path for each input of a network, in the order of `graph.inputs`. `flag` names the flag in errors. Throws `usage`
 * where an input has no path or two, or a path has the name of no input.
 */
export function pathsByInput(flag: string, given: InputPaths, graph: Graph): string[] {
  const words = [given].flat();
  const [first = '', ...others] = words;
  if (graph.inputs.length === 1 && others.length === 0) return [withoutName(first, graph)];
  const paths = new Map<ValueId, string>();
  for (const word of words) {
    const [id, path] = assignment(word, graph) ?? unassigned(flag, graph, word);
    if (paths.has(id)) unassigned(flag, graph, word);
    paths.set(id, path);
  }
  return graph.inputs.map((id) => paths.get(id) ?? unassigned(flag, graph, undefined));
}

/** The paths of a flag before the network is known: `NAME=` is removed where several are given, or no file has the whole name. */
export async function plainPaths(given: InputPaths): Promise<string[]> {
  const words = [given].flat();
  const paths = words.map(async (word) => {
    const isWhole = words.length === 1 && (await exists(word));
    return isWhole ? word : word.replace(/^[^=]*=/, '');
  });
  return Promise.all(paths);
}

/** The name of an input in messages: its blob. */
export function inputName(graph: Graph, id: ValueId): string {
  return graph.values[id]?.blob ?? `${id}`;
}

function withoutName(word: string, graph: Graph): string {
  return assignment(word, graph)?.[1] ?? word;
}

/** The input and the path of `NAME=PATH`; undefined where NAME is no input. A name may hold "=". */
function assignment(word: string, graph: Graph): [ValueId, string] | undefined {
  for (let end = word.indexOf('='); end >= 0; end = word.indexOf('=', end + 1)) {
    const name = word.slice(0, end);
    const id = Object.hasOwn(graph.names, name) ? graph.names[name] : undefined;
    if (id !== undefined && graph.inputs.includes(id)) return [id, word.slice(end + 1)];
  }
  return undefined;
}

function unassigned(flag: string, graph: Graph, word: string | undefined): never {
  const names = graph.inputs.map((id) => `"${inputName(graph, id)}"`).join(', ');
  const got = word === undefined ? 'one is missing' : `got "${word}"`;
  return fail(
    'usage',
    flag,
    `expected one ${flag} NAME=PATH for each of the network's ${graph.inputs.length} inputs ${names}; ${got}.`,
    'Or cut the network with --input_layer and --output_layer.',
  );
}
