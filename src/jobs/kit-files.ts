import { layerHeader, type NamedLayer, networkHeader, vectorsHeader, vectorsTable } from '../board/c-header.js';
import { C_TYPES } from '../board/c-types.js';
import type { BoardOperand, BoardResult } from '../board/layers.js';
import { knownAnswers } from '../board/vectors.js';
import { CODES, stepOf } from '../fixed/grid.js';
import { codeFactor } from '../fixed/quantize.js';
import { type NpyWritable, writeNpy } from '../formats/npy.js';
import type { ValueId } from '../graph/graph.js';
import type { Multipliers } from '../kernels/overlay-epilogue.js';
import type { Placement } from '../placement/placement.js';
import { jsonText } from '../report/json.js';
import type { Tensor, TypedArray } from '../tensor.js';
import { type BoardFiles, FIXED } from './board-files.js';
import type { TracedPixel } from './board-traces.js';

/** A file of a kit. */
interface KitFile {
  /** From the kit's folder. */
  readonly path: string;
  readonly content: Uint8Array | string;
}

/** Everything that a kit holds. */
export interface KitContent {
  readonly placement: Placement;
  readonly overlay: string;
  readonly files: BoardFiles;
  readonly images: readonly string[];
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
  yield { path: FIXED.description, content: jsonText(description(kit)) };
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

/** `format` of a kit's description. */
export const KIT_FORMAT = 'xfdnn board kit 1';

/** `network.json`: what the files are, and every number that the host needs. */
function description({ placement, overlay, files, images }: KitContent): object {
  const { graph } = placement.analysis;
  return {
    format: KIT_FORMAT,
    overlay,
    network: graph.name,
    images,
    inputs: graph.inputs.map((id, i) => ({ floats: files.inputs[i], ...valueText(placement, files, id) })),
    outputs: graph.outputs.map((id) => valueText(placement, files, id)),
    layers: files.layers.map((named) => ({
      name: named.name,
      type: named.type,
      kind: named.layer.kind,
      header: named.header,
      identifier: named.identifier,
      inputs: named.layer.operands.map((operand) => operandText(placement, files, operand)),
      results: named.layer.results.map((result) => resultText(placement, files, result)),
      windows: named.layer.windows,
      transposed: named.layer.transposed,
      weights: named.layer.weights === null ? null : { file: named.weights, bits: named.layer.weights.bits },
      biases: named.bias,
      moves: named.moves,
    })),
  };
}

/** A value with its file and, of codes, the numbers that turn float32 into them and back. */
function valueText(placement: Placement, files: BoardFiles, id: ValueId): object {
  const { kind, grid } = placement.value(id);
  const { shape, layout } = placement.analysis.value(id);
  const file = files.values.get(id);
  const common = { name: file?.name, file: file?.path, shape, layout };
  if (kind === 'float') return { ...common, kind };
  return { ...common, kind, ...gridText(grid) };
}

/** `factor`: code = trunc(clip(x, -threshold, threshold) * factor); `step`: x = code * step. */
function gridText(grid: { threshold: number; bits: 8 | 16 }): object {
  const { threshold, bits } = grid;
  return { threshold, bits, factor: codeFactor('export', threshold, bits), step: stepOf(grid) };
}

function operandText(placement: Placement, files: BoardFiles, operand: BoardOperand): object {
  const { value, isFloat, own, rescale, bits, sign } = operand;
  const rescaling = rescale === null ? null : multipliersText(rescale.positive);
  const common = { ...valueText(placement, files, value), rescale: rescaling, bits_read: bits, sign };
  return isFloat ? { ...common, quantized: gridText(own) } : common;
}

function resultText(placement: Placement, files: BoardFiles, { value, end }: BoardResult): object {
  const common = valueText(placement, files, value);
  if (end === null) return common;
  const { positive, negative, floor, ceiling } = end;
  return {
    ...common,
    floor: floor ?? null,
    ceiling: ceiling ?? null,
    positive: multipliersText(positive),
    negative: negative === undefined ? null : multipliersText(negative),
  };
}

function multipliersText({ prescale, scale, postscale, bias }: Multipliers): object {
  return {
    prescale_shift: Array.from(prescale),
    scale: Array.from(scale),
    postscale_shift: Array.from(postscale),
    ...(bias === undefined ? {} : { bias: Array.from(bias) }),
  };
}
