import type { BoardLayer, BoardOperand, BoardResult } from '../board/layers.js';
import { required } from '../error.js';
import { type BitWidth, stepOf } from '../fixed/grid.js';
import { codeFactor } from '../fixed/quantize.js';
import type { ValueId } from '../graph/graph.js';
import type { ConvolutionGeometry } from '../kernels/geometry.js';
import type { Multipliers } from '../kernels/overlay-epilogue.js';
import type { Placement } from '../placement/placement.js';
import type { OverlayName } from '../scaling/index.js';
import { type Fault, isFault } from '../scaling-file/fault.js';
import type { Layout, Shape } from '../tensor.js';
import type { BoardFiles } from './board-files.js';

/** `format` of a kit's description. */
export const KIT_FORMAT = 'xfdnn board kit 1';

/** Faults of the scaling file that a description names. */
const NAMED_FAULTS = 5;

/** The numbers that turn float32 into codes and back. */
interface KitGrid {
  readonly threshold: number;
  readonly bits: BitWidth;
  /** code = trunc(clip(x, -threshold, threshold) * factor), in float32. */
  readonly factor: number;
  /** x = code * step. */
  readonly step: number;
}

/** A value with its golden codes, or the float32 of the host. The numbers of its grid are there where `kind` is `codes`. */
interface KitValue extends Partial<KitGrid> {
  readonly name: string;
  /** The `.npy` of it, images along the first axis. */
  readonly file: string;
  /** Of one image. */
  readonly shape: Shape;
  readonly layout: Layout;
  readonly kind: 'codes' | 'float';
}

/** An input of the network. */
interface KitInput extends KitValue {
  /** The `.npy` of its float32 after preprocessing. */
  readonly floats: string;
}

/** Multipliers, one for each channel, or one for all. */
interface KitMultipliers {
  readonly prescale_shift: readonly number[];
  readonly scale: readonly number[];
  readonly postscale_shift: readonly number[];
  /** In units of the output (v2) or of the accumulator (v3). */
  readonly bias?: readonly number[];
}

/** An input of a layer. */
interface KitOperand extends KitValue {
  /** From the grid of the file to that of the layer; null: the codes are read as they are. */
  readonly rescale: KitMultipliers | null;
  /** Width of the codes that the layer reads, after `rescale`. */
  readonly bits_read: BitWidth;
  /** -1: the codes are negated before they are summed. */
  readonly sign: 1 | -1;
  /** Of float32 of the host: the grid that it is quantized to first. */
  readonly quantized?: KitGrid;
}

/** A value that a layer writes. The multipliers are left out where the codes are those of an input. */
interface KitResult extends KitValue {
  /** The smallest code that the activation lets through; null: that of the width. */
  readonly floor?: number | null;
  /** The largest; null: that of the width. */
  readonly ceiling?: number | null;
  readonly positive?: KitMultipliers;
  /** Used in place of `positive` where that gives a code below 0; null: there is no leaky activation. */
  readonly negative?: KitMultipliers | null;
}

/** A layer of the overlay. */
interface KitLayer {
  readonly name: string;
  /** The source's type of layer. */
  readonly type: string;
  readonly kind: BoardLayer['kind'];
  readonly header: string;
  /** The name of its `xfdnn_layer` in C. */
  readonly identifier: string;
  readonly inputs: readonly KitOperand[];
  readonly results: readonly KitResult[];
  /** Of a weighted layer or a pooling; pairs are rows and columns, `pad` is top, left, bottom, right. */
  readonly windows: ConvolutionGeometry | null;
  readonly transposed: boolean;
  readonly weights: { readonly file: string; readonly bits: BitWidth } | null;
  readonly biases: string | null;
  readonly moves: string | null;
}

/** `network.json` of a board kit. */
export interface KitDescription {
  readonly format: typeof KIT_FORMAT;
  readonly overlay: OverlayName;
  readonly network: string;
  readonly images: readonly string[];
  /** What `check` finds wrong in the scaling file that the codes are made from; `first` names a few. */
  readonly scaling_faults: { readonly count: number; readonly first: readonly Fault[] };
  readonly inputs: readonly KitInput[];
  readonly outputs: readonly KitValue[];
  /** In network order. */
  readonly layers: readonly KitLayer[];
  /** Every file of the kit, from its folder. The next export into the folder removes those that it does not write. */
  readonly files: readonly string[];
}

/** What a description is made of. */
export interface DescribedKit {
  readonly placement: Placement;
  readonly overlay: OverlayName;
  readonly files: BoardFiles;
  /** Every path of the kit. */
  readonly paths: readonly string[];
  readonly images: readonly string[];
  /** The findings about the scaling file. */
  readonly faults: readonly Fault[];
}

/** `network.json`: what the files are, and every number that the host needs. */
export function describeKit({ placement, overlay, files, paths, images, faults }: DescribedKit): KitDescription {
  const { graph } = placement.analysis;
  const found = faults.filter(isFault);
  return {
    format: KIT_FORMAT,
    overlay,
    network: graph.name,
    images,
    scaling_faults: { count: found.length, first: found.slice(0, NAMED_FAULTS) },
    inputs: graph.inputs.map((id, i) => ({ floats: files.inputs[i] ?? '', ...kitValue(placement, files, id) })),
    outputs: graph.outputs.map((id) => kitValue(placement, files, id)),
    layers: files.layers.map((named) => ({
      name: named.name,
      type: named.type,
      kind: named.layer.kind,
      header: named.header,
      identifier: named.identifier,
      inputs: named.layer.operands.map((operand) => kitOperand(placement, files, operand)),
      results: named.layer.results.map((result) => kitResult(placement, files, result)),
      windows: named.layer.windows === null ? null : kitWindows(named.layer.windows),
      transposed: named.layer.transposed,
      weights:
        named.layer.weights === null || named.weights === null
          ? null
          : { file: named.weights, bits: named.layer.weights.bits },
      biases: named.bias,
      moves: named.moves,
    })),
    files: paths,
  };
}

function kitValue(placement: Placement, files: BoardFiles, id: ValueId): KitValue {
  const { kind, grid } = placement.value(id);
  const { shape, layout } = placement.analysis.value(id);
  const { name, path } = required(files.values.get(id), 'export', 'a file of a value');
  const common = { name, file: path, shape, layout };
  if (kind === 'float') return { ...common, kind };
  return { ...common, kind, ...kitGrid(grid) };
}

function kitGrid(grid: { threshold: number; bits: BitWidth }): KitGrid {
  const { threshold, bits } = grid;
  return { threshold, bits, factor: codeFactor('export', threshold, bits), step: stepOf(grid) };
}

function kitOperand(placement: Placement, files: BoardFiles, operand: BoardOperand): KitOperand {
  const { value, isFloat, own, rescale, bits, sign } = operand;
  const rescaling = rescale === null ? null : kitMultipliers(rescale.positive);
  const common = { ...kitValue(placement, files, value), rescale: rescaling, bits_read: bits, sign };
  return isFloat ? { ...common, quantized: kitGrid(own) } : common;
}

function kitResult(placement: Placement, files: BoardFiles, { value, end }: BoardResult): KitResult {
  const common = kitValue(placement, files, value);
  if (end === null) return common;
  const { positive, negative, floor, ceiling } = end;
  return {
    ...common,
    floor: floor ?? null,
    ceiling: ceiling ?? null,
    positive: kitMultipliers(positive),
    negative: negative === undefined ? null : kitMultipliers(negative),
  };
}

function kitMultipliers({ prescale, scale, postscale, bias }: Multipliers): KitMultipliers {
  return {
    prescale_shift: Array.from(prescale),
    scale: Array.from(scale),
    postscale_shift: Array.from(postscale),
    ...(bias === undefined ? {} : { bias: Array.from(bias) }),
  };
}

/** The windows without what a kind of layer adds to them. */
function kitWindows(windows: ConvolutionGeometry): ConvolutionGeometry {
  const { inChannels, outChannels, group, kernel, stride, pad, dilation, input, output, layout } = windows;
  return { inChannels, outChannels, group, kernel, stride, pad, dilation, input, output, layout };
}
