import { Emulator } from '../../emulator/emulator.js';
import { required } from '../../error.js';
import { CODES, type Grid, stepOf } from '../../fixed/grid.js';
import { quantizeTensorArray, unquantizeTensorArray } from '../../fixed/index.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import type { Engine } from '../../kernels/engine.js';
import type { Placement } from '../../placement/placement.js';
import type { Entries } from '../../placement/wanted-grids.js';
import { Runner } from '../../runtime/runner.js';
import type { OverlayChoice } from '../../scaling/index.js';
import { elements } from '../../tensor.js';
import { nearestCodesAt } from '../code-values.js';
import { decoding } from '../comparison.js';
import type { Activations, RoundedActivation } from './activations.js';
import { entersOverlay, type LayerStep, layerSteps } from './layer-steps.js';

/** Addresses of float32 results by value. Their memory is the caller's to free. */
export type Results = ReadonlyMap<ValueId, number>;

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
    this.runner = new Runner(engine, graph, 'winograd', stored);
  }

  /** The results of a layer in float32. The network's inputs are in `activations`, as they are fed. */
  float(step: LayerStep, activations: Activations): Results {
    return this.floatOn(step, (id) => activations.at(id));
  }

  /** The results of a layer on the overlay or its host. */
  deployed(step: LayerStep, activations: Activations): Results {
    const { kind } = this.placement.analysis.rule(step.node);
    if (kind === 'shape') return this.float(step, activations);
    if (kind === 'input' || this.placement.isOnHost(step.node)) {
      const results = this.float(step, activations);
      for (const [id, address] of results)
        if (kind === 'input' || entersOverlay(this.placement, id)) this.enter(id, address);
      return results;
    }
    const inputs = new Map(
      step.inputs.map((id) => [id, activations.rounded(id, (address) => this.rounded(id, address))]),
    );
    const emulated = this.emulated(step, inputs);
    if ([...inputs.values()].every(({ isExact }) => isExact)) return emulated;
    const onGrid = this.floatOn(step, (id) => required(inputs.get(id), 'sensitivity', `input ${id}`).floats);
    const unrounded = this.float(step, activations);
    for (const [id, address] of unrounded) {
      const of = (results: Results): number => required(results.get(id), 'sensitivity', `value ${id}`);
      this.engine.kernels.add_difference_f32(address, of(emulated), of(onGrid), address, this.size(id));
    }
    for (const address of [...emulated.values(), ...onGrid.values()]) this.engine.heap.free(address);
    return unrounded;
  }

  /** An activation in the memory of the engine: valid until memory is allocated. */
  view(id: ValueId, address: number): Float32Array {
    return this.engine.heap.f32(address, this.size(id));
  }

  /** The float32 results of a layer whose inputs are `at` these addresses; of an input node a copy of its data. */
  private floatOn(step: LayerStep, at: (id: ValueId) => number): Results {
    const results = new Map(step.outputs.map((id) => [id, this.allocate(id)]));
    if (step.inputs.length === 0) for (const [id, to] of results) this.view(id, to).set(this.view(id, at(id)));
    const inputs = new Set(step.inputs);
    this.runner.runNodesAt(step.nodes, (id) => (inputs.has(id) ? at(id) : results.get(id)));
    return results;
  }

  /** Rounds a value of the host, or an input, as it is rounded where it comes to the overlay. */
  private enter(id: ValueId, address: number): void {
    const grid = this.placement.enteringGrid(id);
    if (grid === undefined) return;
    const { threshold, bits } = grid;
    const data = this.view(id, address);
    data.set(unquantizeTensorArray(threshold, bits, quantizeTensorArray(threshold, bits, data)));
  }

  private emulated(step: LayerStep, inputs: ReadonlyMap<ValueId, RoundedActivation>): Results {
    const given = new Map([...inputs].map(([id, { fixed }]) => [id, fixed]));
    const { addresses } = this.emulator.runNodeAt(step.node, given);
    const results = step.outputs.map(
      (id) => [id, this.floats(id, required(addresses.get(id), 'sensitivity', `value ${id}`))] as const,
    );
    for (const address of addresses.values()) this.engine.heap.free(address);
    return new Map(results);
  }

  /** A value of the emulation in float32, at an address of its own. */
  private floats(id: ValueId, fixed: number): number {
    const placement = this.placement.value(id);
    if (placement.kind === 'codes') return this.ofCodes(id, fixed, placement.grid);
    const address = this.allocate(id);
    this.view(id, address).set(this.view(id, fixed));
    return address;
  }

  /** The numbers that codes stand for. */
  private ofCodes(id: ValueId, codes: number, grid: Grid): number {
    const address = this.allocate(id);
    this.engine.kernels[`dequantize_${CODES[grid.bits].element}`](codes, address, this.size(id), ...decoding(grid));
    return address;
  }

  /** An activation on the nearest codes of the grid on which the overlay reads it. */
  private rounded(id: ValueId, address: number): RoundedActivation {
    const grid = this.placement.enteringGrid(id);
    if (grid === undefined) return { fixed: address, floats: address, isExact: true };
    const codes = nearestCodesAt(this.engine, address, this.size(id), grid);
    const floats = this.ofCodes(id, codes, grid);
    const isExact = equal(this.view(id, address), this.view(id, floats));
    if (isExact) this.engine.heap.free(floats);
    const fixed = this.placement.value(id).kind === 'codes' ? codes : this.insideSteps(id, codes, grid);
    return { fixed, floats: isExact ? address : floats, isExact };
  }

  /**
   * Numbers that the rounding towards zero of a host value takes to these codes: half a step farther from zero than the codes, which
   * are freed.
   */
  private insideSteps(id: ValueId, codes: number, grid: Grid): number {
    const { heap } = this.engine;
    const address = this.allocate(id);
    const step = stepOf(grid);
    const [from, to] = [heap[CODES[grid.bits].element](codes, this.size(id)), this.view(id, address)];
    for (let i = 0; i < to.length; i++) to[i] = (from[i]! + Math.sign(from[i]!) / 2) * step;
    heap.free(codes);
    return address;
  }

  private allocate(id: ValueId): number {
    return this.engine.heap.alloc(this.size(id) * Float32Array.BYTES_PER_ELEMENT);
  }

  private size(id: ValueId): number {
    return elements(this.placement.analysis.value(id).shape);
  }
}

/** Whether two activations have the same elements. */
export function equal(a: Float32Array, b: Float32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
