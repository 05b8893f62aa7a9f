import { Emulator } from '../../emulator/emulator.js';
import { fail } from '../../error.js';
import type { Grid } from '../../fixed/grid.js';
import { stepOf } from '../../fixed/grid.js';
import { type Codes, quantizeTensorArray } from '../../fixed/index.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import type { Engine } from '../../kernels/engine.js';
import type { Placement } from '../../placement/placement.js';
import type { Entries } from '../../placement/wanted-grids.js';
import { Runner } from '../../runtime/runner.js';
import type { OverlayChoice } from '../../scaling/index.js';
import type { TypedArray } from '../../tensor.js';
import { CodeValues, nearestCodes } from '../code-values.js';
import { entersOverlay, type LayerStep, layerSteps } from './layer-steps.js';

/** Activations of one image by value, in float32, also those that are codes on the overlay. */
export type Activations = ReadonlyMap<ValueId, Float32Array>;

/** An input of a layer as the overlay reads it, and the numbers that its codes stand for. */
interface RoundedInput {
  readonly id: ValueId;
  readonly data: TypedArray;
  readonly floats: Float32Array;
  /** Whether the activation itself is on the grid. */
  readonly isExact: boolean;
}

/**
 * Every layer of a network in two arithmetics, float32 and that of the overlay, on activations that may lie between codes.
 * The overlay's result of such activations is the float result plus the layer's own error: what the emulated layer gives on
 * the nearest codes, less what the float layer gives on the numbers of these codes. Of activations on the grid it is the
 * emulated result, bit for bit. Source: docs/sensitivity.md.
 */
export class LayerArithmetic {
  readonly placement: Placement;
  readonly steps: readonly LayerStep[];
  private readonly emulator: Emulator;
  private readonly runner: Runner;
  private readonly values = new CodeValues();

  constructor(
    private readonly engine: Engine,
    graph: Graph,
    entries: Entries,
    overlay: OverlayChoice,
  ) {
    this.emulator = new Emulator(engine, graph, entries, overlay);
    this.placement = this.emulator.placement;
    this.steps = layerSteps(this.placement);
    // Of a layer that takes its activation in, the layer's own result would not be stored.
    const stored = this.steps.flatMap(({ outputs }) => outputs);
    this.runner = new Runner(engine, { ...graph, outputs: [...new Set([...graph.outputs, ...stored])] });
  }

  /** The results of a layer in float32. The network's inputs are in `activations`, as they are fed. */
  float(step: LayerStep, activations: Activations): Map<ValueId, Float32Array> {
    if (step.inputs.length === 0) return this.fed(step, activations);
    const results = this.runner.runNodes(
      step.nodes,
      new Map(step.inputs.map((id) => [id, activation(activations, id)])),
    );
    return new Map(step.outputs.map((id) => [id, activation(results, id)]));
  }

  /** The results of a layer on the overlay or its host. */
  deployed(step: LayerStep, activations: Activations): Map<ValueId, Float32Array> {
    const { kind } = this.placement.analysis.rule(step.node);
    if (kind === 'input') return this.mapped(this.fed(step, activations), (id, data) => this.entered(id, data));
    if (kind === 'shape') return this.float(step, activations);
    if (this.placement.isOnHost(step.node))
      return this.mapped(this.float(step, activations), (id, data) =>
        entersOverlay(this.placement, id) ? this.entered(id, data) : data,
      );
    const inputs = step.inputs.map((id) => this.rounded(id, activation(activations, id)));
    const emulated = this.emulated(step, inputs);
    if (inputs.every(({ isExact }) => isExact)) return emulated;
    const onGrid = this.float(step, new Map(inputs.map(({ id, floats }) => [id, floats])));
    const unrounded = this.float(step, activations);
    return this.mapped(emulated, (id, data) => sumOf(activation(unrounded, id), data, activation(onGrid, id)));
  }

  /** The data of an input node. */
  private fed({ outputs }: LayerStep, activations: Activations): Map<ValueId, Float32Array> {
    return new Map(outputs.map((id) => [id, activation(activations, id)]));
  }

  private mapped(
    results: Activations,
    change: (id: ValueId, data: Float32Array) => Float32Array,
  ): Map<ValueId, Float32Array> {
    return new Map([...results].map(([id, data]) => [id, change(id, data)]));
  }

  /** A value of the host, or an input, as it is rounded where it comes to the overlay. */
  private entered(id: ValueId, data: Float32Array): Float32Array {
    const grid = this.placement.enteringGrid(id);
    if (grid === undefined) return data;
    return this.values.ofCodes(quantizeTensorArray(grid.threshold, grid.bits, data), grid);
  }

  private emulated(step: LayerStep, inputs: readonly RoundedInput[]): Map<ValueId, Float32Array> {
    const given = new Map(inputs.map(({ id, data }) => [id, data]));
    const operands = this.placement.analysis.node(step.node).inputs.map((id) => given.get(id) ?? new Float32Array());
    const results = this.emulator.runNode(step.node, operands);
    return new Map(
      step.outputs.map((id) => {
        const result = results.get(id) ?? missing(id);
        return [id, this.values.floats(result)];
      }),
    );
  }

  /** An activation on the nearest codes of the grid on which the overlay reads it. */
  private rounded(id: ValueId, data: Float32Array): RoundedInput {
    const placement = this.placement.value(id);
    const grid = this.placement.enteringGrid(id);
    if (grid === undefined) return { id, data, floats: data, isExact: true };
    const codes = nearestCodes(this.engine, data, grid);
    const floats = this.values.ofCodes(codes, grid);
    const isExact = equal(data, floats);
    return { id, data: placement.kind === 'codes' ? codes : insideSteps(codes, grid), floats, isExact };
  }
}

/** Numbers that the rounding towards zero of a host value takes to these codes: half a step farther from zero than the codes. */
function insideSteps(codes: Codes, grid: Grid): Float32Array {
  const step = stepOf(grid);
  return Float32Array.from(codes, (code) => (code + Math.sign(code) / 2) * step);
}

function sumOf(float: Float32Array, emulated: Float32Array, onGrid: Float32Array): Float32Array {
  const result = new Float32Array(float.length);
  for (let i = 0; i < result.length; i++) result[i] = float[i]! + (emulated[i]! - onGrid[i]!);
  return result;
}

/** Whether two activations have the same elements. */
export function equal(a: Float32Array, b: Float32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The elements of a value that has been computed. */
export function activation(activations: Activations, id: ValueId): Float32Array {
  return activations.get(id) ?? missing(id);
}

function missing(id: ValueId): never {
  return fail('internal', 'sensitivity', `expected value ${id} to be computed, got none.`);
}
