import { layerHeader, type NamedLayer, networkHeader, vectorsHeader, vectorsTable } from '../board/c-header.js';
import { C_TYPES } from '../board/c-types.js';
import { knownAnswers } from '../board/vectors.js';
import { CODES } from '../fixed/grid.js';
import { type NpyWritable, writeNpy } from '../formats/npy.js';
import type { ValueId } from '../graph/graph.js';
import { jsonText } from '../report/json.js';
import type { Tensor, TypedArray } from '../tensor.js';
import { FIXED } from './board-files.js';
import type { TracedPixel } from './board-traces.js';
import { type DescribedKit, describeKit } from './kit-description.js';

/** A file of a kit. */
interface KitFile {
  /** From the kit's folder. */
  readonly path: string;
  readonly content: Uint8Array | string;
}

/** Everything that a kit holds. */
export interface KitContent extends DescribedKit {
  readonly values: ReadonlyMap<ValueId, Tensor<TypedArray>>;
  /** float32 of the network's inputs, images along the first axis. */
  readonly inputs: readonly Tensor[];
  readonly traces: readonly TracedPixel[];
}

/** The files of a kit, one after the other; a large header is made when its turn comes. */
export function* kitFiles(kit: KitContent): Generator<KitFile> {
  const { files, values, inputs, traces, overlay } = kit;
  for (const [id, { path }] of files.values) {
    const value = values.get(id);
    if (value !== undefined) yield { path, content: npy(value) };
  }
  for (const [i, path] of files.inputs.entries()) {
    const input = inputs[i];
    if (input !== undefined) yield { path, content: npy(input) };
  }
  for (const named of files.layers) yield* layerFiles(named);
  for (const vectors of knownAnswers()) {
    yield { path: `vectors/${vectors.name}.csv`, content: vectorsTable(vectors) };
    yield { path: `vectors/${vectors.name}.h`, content: vectorsHeader(vectors) };
  }
  if (traces.length > 0) yield { path: FIXED.traces, content: jsonText({ traces }) };
  yield { path: FIXED.types, content: C_TYPES };
  yield { path: FIXED.network, content: networkHeader(overlay, files.quantized, files.layers) };
  yield { path: FIXED.description, content: jsonText(describeKit(kit)) };
}

const npy = ({ shape, data }: Tensor<TypedArray>): Uint8Array => writeNpy({ shape, data: data as NpyWritable });

function* layerFiles(named: NamedLayer): Generator<KitFile> {
  const { layer, header, weights, bias, moves } = named;
  yield { path: header, content: layerHeader(named) };
  if (layer.weights !== null && weights !== null) {
    const { codes, bits } = layer.weights;
    yield { path: weights, content: npy({ shape: weightShape(named), data: CODES[bits].array.from(codes) }) };
  }
  const codes = layer.results[0]?.end?.positive.bias;
  if (bias !== null && codes !== undefined) yield { path: bias, content: npy(biasTensor(Array.from(codes))) };
  if (moves !== null && layer.moves !== null)
    yield { path: moves, content: npy({ shape: [layer.moves.length], data: layer.moves }) };
}

/** int32, or float64 where a code is beyond it (2^31 on v3 at 16 bits). */
function biasTensor(codes: readonly number[]): Tensor<TypedArray> {
  const data = Int32Array.from(codes);
  const fits = codes.every((code, i) => code === data[i]);
  return { shape: [codes.length], data: fits ? data : Float64Array.from(codes) };
}

/** [output channel][input channel of the group][row][column]. */
function weightShape({ layer }: NamedLayer): number[] {
  const { windows, weights } = layer;
  if (windows === null) return [weights?.codes.length ?? 0];
  return [windows.outChannels, windows.inChannels / windows.group, ...windows.kernel];
}
