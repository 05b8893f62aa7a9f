import { identifiersOf, type NamedLayer, type QuantizedInput, type ValueFile } from '../board/c-header.js';
import type { BoardLayer } from '../board/layers.js';
import { knownAnswers } from '../board/vectors.js';
import { required } from '../error.js';
import type { Graph, ValueId } from '../graph/graph.js';
import type { Placement } from '../placement/placement.js';
import { channelAxis } from '../tensor.js';
import { blobFiles } from './blob-files.js';
import { nameOf } from './run.js';

/** The files of a board kit, as paths from its folder. */
export interface BoardFiles {
  /** Every value that a layer of the overlay reads or writes, the network's inputs and outputs. */
  readonly values: ReadonlyMap<ValueId, ValueFile & { readonly name: string }>;
  readonly layers: readonly NamedLayer[];
  /** float32 of the network's inputs, in their order. */
  readonly inputs: readonly string[];
  /** Those inputs that the host quantizes. */
  readonly quantized: readonly QuantizedInput[];
}

/** Paths of files that every kit has. */
export const FIXED = {
  description: 'network.json',
  types: 'xfdnn.h',
  network: 'network.h',
  traces: 'traces.json',
} as const;

/** The files of a kit. `imported`: the network with every name that `run --blobs` takes. */
export async function boardFiles(
  placement: Placement,
  layers: readonly BoardLayer[],
  imported: Graph,
): Promise<BoardFiles> {
  const { analysis } = placement;
  const { graph } = analysis;
  const ids = layers.flatMap(({ operands, results }) => [...operands, ...results].map(({ value }) => value));
  const names = valueNames(graph, [...new Set([...graph.inputs, ...ids, ...graph.outputs])]);
  const layerNames = layers.map(({ index }) => analysis.node(index).name);
  const taken = await blobFiles(new Set([...Object.keys(imported.names), ...names.values(), ...layerNames]));
  const fileOf = (name: string): string => required(taken.get(name), name, 'a file name');
  const values = new Map(
    [...names].map(([id, name]) => {
      const { shape, layout } = analysis.value(id);
      const channels = shape[channelAxis(shape.length, layout)] ?? 1;
      return [id, { name, path: `codes/${fileOf(name)}`, layout, channels }] as const;
    }),
  );
  const identifiers = identifiersOf(layerNames);
  const inputs = graph.inputs.map((id) => `inputs/${fileOf(required(names.get(id), 'input', 'a name'))}`);
  return {
    values,
    inputs,
    quantized: graph.inputs.flatMap((id, i) => {
      const { kind, grid } = placement.value(id);
      const [floats, codes] = [inputs[i] ?? '', required(values.get(id), 'input', 'a file').path];
      return kind === 'codes' ? [{ floats, codes, ...grid }] : [];
    }),
    layers: layers.map((layer, i) => {
      const node = analysis.node(layer.index);
      const file = fileOf(node.name);
      return {
        layer,
        name: node.name,
        type: node.type,
        identifier: identifiers[i] ?? '',
        header: `layers/${file.replace(/\.npy$/, '.h')}`,
        weights: layer.weights === null ? null : `weights/${file}`,
        bias: layer.weights === null || node.params[1] === undefined ? null : `biases/${file}`,
        moves: layer.moves === null ? null : `moves/${file}`,
        fileOf: (id) => required(values.get(id), node.name, 'a file of its values'),
      };
    }),
  };
}

/** A name for each value: the layer's or blob's, with its version where several values have that name. */
function valueNames(graph: Graph, ids: readonly ValueId[]): Map<ValueId, string> {
  const names = new Map<ValueId, string>();
  const taken = new Set<string>();
  for (const id of ids) {
    const name = nameOf(graph, id);
    const own = taken.has(name) ? `${name}@${graph.values[id]?.version}` : name;
    taken.add(own);
    names.set(id, own);
  }
  return names;
}

/** Every path of a kit, from its folder. */
export function boardPaths({ values, layers, inputs }: BoardFiles, hasTraces: boolean): string[] {
  const { description, types, network, traces } = FIXED;
  return [
    ...[description, types, network, ...(hasTraces ? [traces] : [])],
    ...inputs,
    ...[...values.values()].map(({ path }) => path),
    ...layers.flatMap(({ header, weights, bias, moves }) =>
      [header, weights, bias, moves].filter((path) => path !== null),
    ),
    ...knownAnswers().flatMap(({ name }) => [`vectors/${name}.csv`, `vectors/${name}.h`]),
  ];
}
