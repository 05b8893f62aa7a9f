import { weightRows } from '../analysis/weights.js';
import { activationOf, type RequantizationOf } from '../emulator/finish.js';
import { eltwiseEnds } from '../emulator/layers/eltwise.js';
import { averageFactors } from '../emulator/layers/pooling.js';
import { weightedEnds } from '../emulator/layers/weighted.js';
import { required } from '../error.js';
import { type BitWidth, type Grid, sameGrid } from '../fixed/grid.js';
import { describe, type ValueId } from '../graph/graph.js';
import type { ConvolutionGeometry } from '../kernels/geometry.js';
import type { Requantization } from '../kernels/overlay-epilogue.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import { overlayWeights } from '../overlay/overlay-weights.js';
import { requantizeActivation, requantizeCodes } from '../overlay/requantization.js';
import type { Placement } from '../placement/placement.js';
import { gridsOf, type Overlay, rescalingMultiplier, type ScalingEntry } from '../scaling/index.js';
import { movesOf } from './moves.js';

/** What a layer of the overlay computes. */
type BoardKind = 'weighted' | 'eltwise_sum' | 'eltwise_max' | 'max_pool' | 'average_pool' | 'activation' | 'move';

/** An input of a layer as the overlay reads it: codes, quantized first where the host gives float32, then rescaled. */
export interface BoardOperand {
  readonly value: ValueId;
  /** Whether the value is float32 of the host: `quantizeTensor` on `own` gives its codes. */
  readonly isFloat: boolean;
  /** The grid on which the value comes to the overlay. */
  readonly own: Grid;
  /** From the grid `own` to that of the layer; null: its codes are read as they are. */
  readonly rescale: Requantization | null;
  /** Width of the codes after it. */
  readonly bits: BitWidth;
  /** -1: the codes are negated before they are summed. */
  readonly sign: 1 | -1;
}

/** A value that a layer writes. */
export interface BoardResult {
  readonly value: ValueId;
  readonly bits: BitWidth;
  /** How accumulators become codes; of an average pooling only scale and postscale count; null: the codes themselves. */
  readonly end: Requantization | null;
}

/** A layer of the overlay as plain data. */
export interface BoardLayer {
  /** Its node in the graph. */
  readonly index: number;
  readonly kind: BoardKind;
  readonly operands: readonly BoardOperand[];
  readonly results: readonly BoardResult[];
  /** The windows of a weighted layer or a pooling. */
  readonly windows: ConvolutionGeometry | null;
  /** Whether the windows are those of a deconvolution. */
  readonly transposed: boolean;
  /** Codes of the weights, [output channel][k], and their width. */
  readonly weights: { readonly codes: Int16Array; readonly bits: BitWidth } | null;
  /** Of a `move`: for each element of the result the element of the operands, joined, that it copies, from 1; 0: the code 0. */
  readonly moves: Int32Array | null;
}

/** The layers that an emulation of a placement runs on an overlay, in network order. Source: docs/spec/overlay.md, section 3. */
export function boardLayers(placement: Placement, overlay: Overlay): BoardLayer[] {
  const context = { placement, overlay };
  return placement.analysis.graph.nodes.flatMap((_, index) => {
    const rule = placement.analysis.rule(index);
    const isDone = rule.kind === 'activation' && placement.accumulatingLayer(index) !== null;
    return rule.kind === 'input' || isDone || placement.isOnHost(index) ? [] : [boardLayer(context, index, rule)];
  });
}

interface Context {
  readonly placement: Placement;
  readonly overlay: Overlay;
}

const PLAIN = { windows: null, transposed: false, weights: null, moves: null };

function boardLayer(context: Context, index: number, rule: Rule): BoardLayer {
  const { placement, overlay } = context;
  const output = placement.analysis.output(index);
  switch (rule.kind) {
    case 'weighted':
      return weightedLayer(context, index, rule);
    case 'eltwise':
      return eltwiseLayer(context, index, rule);
    case 'pool':
      return pooling(context, index, rule);
    case 'activation': {
      const grid = placement.codes(output);
      const end = requantizeActivation(rule, grid, overlay);
      const operands = operandsOf(context, index, grid);
      return { ...PLAIN, index, kind: 'activation', operands, results: [{ value: output, bits: grid.bits, end }] };
    }
    default: {
      const grid = rule.kind === 'concat' ? placement.codes(output) : null;
      const operands = operandsOf(context, index, grid);
      const moves = movesOf(placement.analysis.node(index), placement.analysis.shapesOf(index));
      return { ...PLAIN, index, kind: 'move', operands, results: plainResults(context, index), moves };
    }
  }
}

function weightedLayer(context: Context, index: number, rule: Rule & { kind: 'weighted' }): BoardLayer {
  const { placement } = context;
  const node = placement.analysis.node(index);
  const entry = entryOf(placement, index);
  const { input, params } = gridsOf(entry);
  return {
    index,
    kind: 'weighted',
    operands: operandsOf(context, index, input),
    results: resultsOf(context, index, weightedEnds(context, { node, rule }, entry)),
    windows: windowsOf(context, index),
    transposed: rule.form === 'Deconvolution',
    weights: { codes: Int16Array.from(overlayWeights(weightRows(node), params)), bits: params[0]?.bits ?? input.bits },
    moves: null,
  };
}

function eltwiseLayer(context: Context, index: number, rule: Rule & { kind: 'eltwise' }): BoardLayer {
  const entry = entryOf(context.placement, index);
  const { input } = gridsOf(entry);
  return {
    ...PLAIN,
    index,
    kind: rule.operation === 'sum' ? 'eltwise_sum' : 'eltwise_max',
    operands: operandsOf(context, index, input, rule.coefficients),
    results: resultsOf(context, index, eltwiseEnds(context, entry)),
  };
}

function pooling(context: Context, index: number, rule: Rule & { kind: 'pool' }): BoardLayer {
  const { placement, overlay } = context;
  const value = placement.analysis.output(index);
  const { bits } = placement.codes(value);
  const windows = windowsOf(context, index);
  if (rule.operation === 'max') {
    const operands = operandsOf(context, index, placement.codes(value));
    return { ...PLAIN, index, kind: 'max_pool', operands, results: [{ value, bits, end: null }], windows };
  }
  const entry = placement.entryOf(index);
  const grid = entry === undefined ? placement.codes(value) : gridsOf(entry).input;
  const { scale, postscale } = averageFactors(overlay, rule.area, grid, entry);
  const positive = { prescale: Array.from(scale, () => 0), scale, postscale };
  const end = { interLayer: overlay.interLayer[grid.bits], bitsOut: bits, positive };
  const operands = operandsOf(context, index, grid);
  return { ...PLAIN, index, kind: 'average_pool', operands, results: [{ value, bits, end }], windows };
}

/** The inputs of a layer on its grid; `grid` null: each as it is. A coefficient is multiplied into its rescaling. */
function operandsOf(
  { placement, overlay }: Context,
  index: number,
  grid: Grid | null,
  coefficients: readonly number[] = [],
): BoardOperand[] {
  return placement.analysis.node(index).inputs.map((value, i) => {
    const reader = grid ?? placement.codes(value);
    const own = placement.enteringGrid(value) ?? reader;
    const coefficient = coefficients[i] ?? 1;
    const isPlain = Math.abs(coefficient) === 1 && sameGrid(own, reader);
    const multiplier = rescalingMultiplier(own, reader, Math.abs(coefficient));
    return {
      value,
      isFloat: placement.value(value).kind === 'float',
      own,
      rescale: isPlain ? null : requantizeCodes(multiplier, reader.bits, overlay),
      bits: reader.bits,
      sign: coefficient < 0 ? -1 : 1,
    };
  });
}

/** The values that the accumulators of a layer become. */
function resultsOf(context: Context, index: number, ends: RequantizationOf): BoardResult[] {
  return context.placement.targetsOf(index).map(({ value, activation }) => {
    const end = ends(activation === null ? null : activationOf(context, activation));
    return { value, bits: end.bitsOut, end };
  });
}

function plainResults({ placement }: Context, index: number): BoardResult[] {
  const { outputs } = placement.analysis.node(index);
  return outputs.map((value) => ({ value, bits: placement.codes(value).bits, end: null }));
}

function windowsOf({ placement: { analysis } }: Context, index: number): ConvolutionGeometry {
  const node = analysis.node(index);
  return required(opOf(node).geometry?.(node, analysis.shapesOf(index)), describe(node), 'the windows of its outputs');
}

function entryOf(placement: Placement, index: number): ScalingEntry {
  return required(placement.entryOf(index), describe(placement.analysis.node(index)), 'an entry of a layer');
}
