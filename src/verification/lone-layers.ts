import type { Emulator } from '../emulator/emulator.js';
import type { Run } from '../emulator/memory.js';
import type { ValueId } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import type { Runner } from '../runtime/runner.js';
import { elements } from '../tensor.js';
import { nearestCodesAt } from './code-values.js';

/**
 * The layers of the overlay by themselves, for one image: each on the float activations before it, as an ideal layer would give
 * them, rounded to the nearest code; the network's input as deployed. Addresses are in the memory of the engine.
 */
export class LoneLayers {
  private readonly rounded = new Map<ValueId, number>();
  private readonly results = new Map<ValueId, number>();

  constructor(
    private readonly engine: Engine,
    private readonly emulator: Emulator,
    private readonly runner: Runner,
  ) {}

  /**
   * Runs a layer of the overlay. `deployed`: the run of the whole network, in which the network's inputs are. A layer that reads
   * these alone gives what it gave as deployed and is not run again.
   */
  run(index: number, deployed: Run): void {
    const { analysis } = this.emulator.placement;
    const inputs = new Set(analysis.node(index).inputs);
    if ([...inputs].every((id) => this.isInput(id))) return;
    const given = new Map([...inputs].map((id) => [id, this.input(id, deployed)]));
    for (const [id, address] of this.emulator.runNodeAt(index, given).addresses) this.results.set(id, address);
  }

  /** The address of a result; 0 where the layer was not run by itself. */
  result(id: ValueId): number {
    return this.results.get(id) ?? 0;
  }

  /** Frees the results that are outputs of a node, and the inputs that no layer behind it reads. */
  free(index: number): void {
    const { analysis } = this.emulator.placement;
    const isRead = (id: ValueId): boolean => analysis.readersOf(id).some((reader) => reader > index);
    release(this.engine, this.results, new Set(analysis.node(index).outputs));
    release(this.engine, this.rounded, new Set([...this.rounded.keys()].filter((id) => !isRead(id))));
  }

  private isInput(id: ValueId): boolean {
    return this.emulator.placement.analysis.graph.inputs.includes(id);
  }

  private input(id: ValueId, deployed: Run): number {
    const { placement } = this.emulator;
    if (placement.value(id).kind === 'float') return this.runner.addressOf(id);
    if (this.isInput(id)) return deployed.addresses.get(id) ?? 0;
    const known = this.rounded.get(id);
    if (known !== undefined) return known;
    const address = this.nearest(id);
    this.rounded.set(id, address);
    return address;
  }

  /** The nearest codes of the float activations of a value. */
  private nearest(id: ValueId): number {
    const { placement } = this.emulator;
    const count = elements(placement.analysis.value(id).shape);
    return nearestCodesAt(this.engine, this.runner.addressOf(id), count, placement.codes(id));
  }
}

function release({ heap }: Engine, addresses: Map<ValueId, number>, ids: ReadonlySet<ValueId>): void {
  for (const id of ids) {
    const address = addresses.get(id);
    if (address !== undefined) heap.free(address);
    addresses.delete(id);
  }
}
