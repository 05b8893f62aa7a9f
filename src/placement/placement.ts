import { fail } from '../error.js';
import { consumers, describe, type Graph, type ValueId } from '../graph/graph.js';
import type { Rule } from '../ops/op.js';
import type { ScalingEntry } from '../scaling/index.js';

/**
 * What a value is on the overlay: codes on the grid of `th` at `bw` bits, or float32 on the host. A host value
 * with `th` is an LRN's: if an overlay layer follows it is quantized with the threshold that passed through.
 */
export type Form =
  | { readonly kind: 'codes'; readonly th: number; readonly bw: number }
  | { readonly kind: 'float'; readonly th: number | null; readonly bw: number };

export type Entries = ReadonlyMap<string, ScalingEntry>;

/** A threshold and the bits of its codes. */
export interface Grid {
  readonly th: number;
  readonly bw: number;
}

function ownEntry(graph: Graph, index: number, rule: Rule, entries: Entries): ScalingEntry | undefined {
  const takesOne =
    rule.kind === 'weighted' || rule.kind === 'eltwise' || (rule.kind === 'pool' && rule.operation === 'average');
  return takesOne ? entries.get(graph.nodes[index]!.name) : undefined;
}

/** The entry by which a node runs on the overlay, if it has one. Throws `data` for a layer that must have one and has none. */
export function entryOf(graph: Graph, index: number, rule: Rule, entries: Entries): ScalingEntry | undefined {
  const node = graph.nodes[index]!;
  const entry = ownEntry(graph, index, rule, entries);
  if (rule.kind === 'weighted' && rule.entry === 'always' && entry === undefined) {
    fail(
      'data',
      describe(node),
      'expected an entry of its name in the scaling file, got none.',
      'Use the file that was made for this network.',
    );
  }
  return entry;
}

/** The grid the first reader with an entry wants, seen through shape-only layers, Pooling and LRN; undefined if there is none. */
export function wantedGrid(graph: Graph, rules: readonly Rule[], entries: Entries): (id: ValueId) => Grid | undefined {
  const readers = consumers(graph);
  const wanted: (Grid | undefined)[] = [];
  const behind = (index: number): Grid | undefined => {
    const entry = ownEntry(graph, index, rules[index]!, entries);
    if (entry !== undefined) return { th: entry.th_layer_in, bw: entry.bw_layer_in };
    const { kind } = rules[index]!;
    return kind === 'shape' || kind === 'pool' || kind === 'lrn'
      ? firstOf(graph.nodes[index]!.outputs, (id) => wanted[id])
      : undefined;
  };
  // Backwards: whoever reads a value comes after its writer.
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    for (const id of graph.nodes[index]!.outputs) wanted[id] = firstOf(readers[id]!, behind);
  }
  return (id) => wanted[id];
}

/** The first that is found, in order. */
function firstOf<T, R>(list: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The grid a value reaches the overlay on: its own, an LRN's that passed through, for any other host value that of its first
 * reader with an entry, as for the network input; undefined where there is none. `wanted`: {@link wantedGrid}.
 */
export function sentGrid(form: Form, id: ValueId, wanted: ReturnType<typeof wantedGrid>): Grid | undefined {
  return form.th === null ? wanted(id) : { th: form.th, bw: form.bw };
}

const FLOAT: Form = { kind: 'float', th: null, bw: 0 };

/** The form of every value: it depends on the network and the entries only, not on an image. */
export function formsOf(graph: Graph, rules: readonly Rule[], entries: Entries): Form[] {
  const forms: Form[] = [];
  const wanted = wantedGrid(graph, rules, entries);
  const codes = (grid: Grid): Form => ({ kind: 'codes', th: grid.th, bw: grid.bw });
  const written = (index: number, rule: Rule): Form => {
    const node = graph.nodes[index]!;
    const inputs = node.inputs.map((id) => forms[id]!);
    const first = inputs[0] ?? FLOAT;
    const entry = entryOf(graph, index, rule, entries);
    const onHost = inputs.every(({ kind, th }) => kind === 'float' && th === null);
    if (rule.kind === 'input') {
      const grid = wanted(node.outputs[0]!);
      return grid === undefined ? FLOAT : codes(grid);
    }
    if (rule.kind === 'weighted')
      return entry === undefined ? FLOAT : codes({ th: entry.th_layer_out, bw: entry.bw_layer_out });
    if (entry !== undefined) return codes({ th: entry.th_layer_out, bw: entry.bw_layer_out });
    if (rule.kind === 'host' || onHost) return FLOAT;
    if (rule.kind === 'eltwise')
      fail(
        'data',
        describe(node),
        'expected an entry of its name in the scaling file, got none.',
        'Use the file that was made for this network.',
      );
    if (rule.kind === 'concat') {
      const known = node.inputs.map((id, i) => sentGrid(inputs[i]!, id, wanted)).find((grid) => grid !== undefined);
      return codes(wanted(node.outputs[0]!) ?? known!);
    }
    if (rule.kind === 'lrn' || (rule.kind === 'shape' && first.kind === 'float'))
      return { kind: 'float', th: first.th, bw: first.bw };
    return codes({ th: first.th!, bw: first.bw });
  };
  rules.forEach((rule, index) => {
    const form = written(index, rule);
    graph.nodes[index]!.outputs.forEach((id) => (forms[id] = form));
  });
  return forms;
}
