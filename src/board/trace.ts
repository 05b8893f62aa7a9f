import { fail, required } from '../error.js';
import { quantizeTensor } from '../fixed/index.js';
import { describe, type ValueId } from '../graph/graph.js';
import type { ConvolutionGeometry } from '../kernels/geometry.js';
import { opOf } from '../ops/index.js';
import type { Placement } from '../placement/placement.js';
import { channelAxis, elements, type Layout, type Shape, type TypedArray } from '../tensor.js';
import type { BoardLayer, BoardOperand, BoardResult } from './layers.js';
import { averageStepsOf, type Steps, stepsOf } from './steps.js';

/** A channel, row and column of a value. */
export interface Pixel {
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

/** A number that an accumulator is the sum of: the code of an input, and what it is multiplied by. */
interface Term {
  /** Which input of the layer it is of, from 0. */
  readonly operand: number;
  /** The element of the input, in its order in memory. */
  readonly input: number;
  /** The element as the input's file has it: a code, or float32 of the host. */
  readonly stored: number;
  /** The code that the layer reads: `stored` after it is quantized (of float32) and rescaled to the layer's grid. */
  readonly code: number;
  /** The code of the weight; 1 or -1 where there are none. */
  readonly weight: number;
}

/**
 * How one element of a layer's result is computed. `terms` of a max pooling or an Eltwise maximum are the codes that are compared.
 * A tap outside the input has no term: it counts as 0, in a max pooling not at all.
 */
export interface Trace extends Steps {
  readonly terms: readonly Term[];
}

/** What a trace reads: the layer and its placement, the result, the pixel, and the data of the layer's inputs. */
export interface Traced {
  readonly placement: Placement;
  readonly layer: BoardLayer;
  readonly result: BoardResult;
  readonly pixel: Pixel;
  readonly inputs: ReadonlyMap<ValueId, TypedArray>;
}

/** The element of a value at a pixel; undefined where the value has no such pixel. */
export function elementAt(shape: Shape, layout: Layout, { channel, y, x }: Pixel): number | undefined {
  const axis = channelAxis(shape.length, layout);
  const [rows = 1, columns = 1] = shape.filter((_, i) => i > 0 && i !== axis);
  const channels = shape[axis] ?? 1;
  const fits = channel < channels && y < rows && x < columns && elements(shape) === channels * rows * columns;
  if (!fits) return undefined;
  return axis === 1 ? (channel * rows + y) * columns + x : (y * columns + x) * channels + channel;
}

/** Traces one element of an image. Throws `unsupported` for a layer that only moves codes. */
export function trace(traced: Traced): Trace {
  const { placement, layer, result, pixel } = traced;
  const { analysis } = placement;
  const terms = termsOf(traced);
  const sum = terms.reduce((total, { code, weight }) => total + code * weight, 0);
  if (layer.kind === 'max_pool') return { ...plain(Math.max(...terms.map(({ code }) => code))), terms };
  const end = required(result.end ?? undefined, describe(analysis.node(layer.index)), 'a layer with multipliers');
  if (layer.kind === 'average_pool') return { ...averageStepsOf(sum, end, pixel.channel), terms };
  const largest = Math.max(...terms.map(({ code }) => code));
  return { ...stepsOf(layer.kind === 'eltwise_max' ? largest : sum, end, pixel.channel), terms };
}

/** The steps of a code that nothing is done to. */
function plain(code: number): Steps {
  const same = { before_prescale: code, after_prescale: code, clamped: code, product: code, after_postscale: code };
  const triple = { prescale_shift: 0, scale: 1, postscale_shift: 0, bias: 0 };
  return { accumulator: code, ...triple, ...same, negative: false, code };
}

function termsOf(traced: Traced): Term[] {
  const { placement, layer, result, pixel } = traced;
  if (layer.kind === 'weighted') return weightedTerms(traced);
  if (layer.windows !== null) return windowTerms(traced, layer.windows);
  if (layer.kind === 'move')
    fail(
      'unsupported',
      describe(placement.analysis.node(layer.index)),
      'expected a layer that computes, got one that moves codes only.',
      'Trace the layers before it.',
    );
  const { shape, layout } = placement.analysis.value(result.value);
  const at = required(elementAt(shape, layout, pixel), '--trace', 'a pixel of the layer');
  return layer.operands.map((operand, i) => ({ operand: i, ...codeAt(traced, operand, at), weight: operand.sign }));
}

function weightedTerms(traced: Traced): Term[] {
  const { placement, layer, pixel } = traced;
  const node = placement.analysis.node(layer.index);
  const patches = required(
    opOf(node).patches?.(node, placement.analysis.shapesOf(layer.index)),
    describe(node),
    'patches',
  );
  const { weights, windows, operands } = layer;
  const codes = required(weights?.codes, describe(node), 'codes of weights');
  const [operand] = operands;
  const { outChannels, output } = required(windows ?? undefined, describe(node), 'windows');
  const perGroup = patches.channels / patches.groups;
  const first = Math.floor(pixel.channel / (outChannels / patches.groups)) * perGroup;
  const taps = patches.taps(pixel.y * output[1] + pixel.x);
  const terms: Term[] = [];
  for (let channel = 0; channel < perGroup; channel++) {
    for (const [t, tap] of taps.entries()) {
      if (tap < 0) continue;
      const input = (first + channel) * patches.channelStep + tap;
      const weight = codes[(pixel.channel * perGroup + channel) * taps.length + t] ?? 0;
      terms.push({ operand: 0, ...codeAt(traced, required(operand, describe(node), 'an input'), input), weight });
    }
  }
  return terms;
}

/** The codes of the input that a window of a pooling holds. */
function windowTerms(traced: Traced, windows: ConvolutionGeometry): Term[] {
  const { placement, layer, pixel } = traced;
  const { kernel, stride, pad, input, inChannels, layout } = windows;
  const [operand] = layer.operands;
  const place = describe(placement.analysis.node(layer.index));
  const inside = (start: number, size: number, limit: number): number[] =>
    Array.from({ length: size }, (_, i) => start + i).filter((at) => at >= 0 && at < limit);
  return inside(pixel.y * stride[0] - pad[0], kernel[0], input[0]).flatMap((row) =>
    inside(pixel.x * stride[1] - pad[1], kernel[1], input[1]).map((column) => {
      const at =
        layout === 'NCHW'
          ? (pixel.channel * input[0] + row) * input[1] + column
          : (row * input[1] + column) * inChannels + pixel.channel;
      return { operand: 0, ...codeAt(traced, required(operand, place, 'an input'), at), weight: 1 };
    }),
  );
}

/** An element of an operand, and its code as the layer reads it: quantized and rescaled. */
function codeAt(
  { inputs }: Traced,
  { value, isFloat, own, rescale }: BoardOperand,
  at: number,
): Pick<Term, 'input' | 'stored' | 'code'> {
  const stored = required(inputs.get(value)?.[at], '--trace', 'the data of an input');
  const code = isFloat ? quantizeTensor(own.threshold, own.bits, stored) : stored;
  return { input: at, stored, code: rescale === null ? code : stepsOf(code, rescale, 0).code };
}
