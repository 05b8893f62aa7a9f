import { fail } from '../../error.js';
import type { ValueId } from '../../graph/graph.js';
import type { Heap } from '../../kernels/heap.js';

/** An activation as the overlay reads it. Addresses in the memory of an engine. */
export interface RoundedActivation {
  /** Codes, or float32 where the overlay rounds a value of the host. */
  readonly fixed: number;
  /** The numbers that the codes stand for, in float32. */
  readonly floats: number;
  /** Whether the activation has these numbers itself. */
  readonly isExact: boolean;
}

/**
 * Float32 activations of one image by value, also of values that are codes on the overlay, in the memory of an engine. Those that
 * are not set are those of `base`. Each is rounded once.
 */
export class Activations {
  private readonly addresses = new Map<ValueId, number>();
  private readonly roundings = new Map<ValueId, RoundedActivation>();

  constructor(
    private readonly heap: Heap,
    private readonly base: Activations | null = null,
  ) {}

  /** Takes the address of an activation, whose memory is freed with this object. */
  set(id: ValueId, address: number): void {
    this.addresses.set(id, address);
  }

  has(id: ValueId): boolean {
    return this.addresses.has(id);
  }

  /** The address of an activation. */
  at(id: ValueId): number {
    return (
      this.addresses.get(id) ??
      this.base?.at(id) ??
      fail('internal', 'sensitivity', `expected value ${id} to be computed, got none.`)
    );
  }

  /** An activation as the overlay reads it. `round` rounds it at its address. */
  rounded(id: ValueId, round: (address: number) => RoundedActivation): RoundedActivation {
    if (!this.has(id) && this.base !== null) return this.base.rounded(id, round);
    const known = this.roundings.get(id);
    if (known !== undefined) return known;
    const rounding = round(this.at(id));
    this.roundings.set(id, rounding);
    return rounding;
  }

  /** Frees an activation, if it was set. */
  release(id: ValueId): void {
    const address = this.addresses.get(id);
    if (address === undefined) return;
    const { fixed = address, floats = address } = this.roundings.get(id) ?? {};
    for (const owned of new Set([address, fixed, floats])) this.heap.free(owned);
    this.addresses.delete(id);
    this.roundings.delete(id);
  }

  /** Frees all that were set. */
  free(): void {
    for (const id of [...this.addresses.keys()]) this.release(id);
  }
}
