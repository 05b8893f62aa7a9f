import { fail } from '../error.js';
import type { Engine } from '../kernels/engine.js';
import type { TemporaryFile } from '../platform/index.js';

/** Where the bytes of one stored array are: in the engine's heap, or at an offset of the temporary file. */
interface Slot {
  readonly bytes: number;
  pointer: number | null;
  offset: number | null;
  lastUse: number;
}

/**
 * The stored forms of activations, by key, in the engine's heap up to a budget of bytes; beyond it the least
 * recently used ones are written to a temporary file and read back when asked for. Contents never change
 * once an array is sealed by the next call, so what was spilled once is not written again.
 */
export class Store {
  private readonly slots = new Map<string, Slot>();
  /** Places of the file that are free again, by size. */
  private readonly holes = new Map<number, number[]>();
  private resident = 0;
  private clock = 0;

  constructor(
    private readonly engine: Engine,
    private readonly budget: number,
    private readonly file: TemporaryFile | null,
  ) {}

  /** Room for a new array; its address is valid until the next `alloc` or `get`. Replaces an array of the same key. */
  alloc(key: string, bytes: number, pinned: readonly string[] = []): number {
    this.free(key);
    this.makeRoom(bytes, pinned);
    const slot: Slot = { bytes, pointer: this.engine.heap.alloc(bytes), offset: null, lastUse: ++this.clock };
    this.slots.set(key, slot);
    this.resident += bytes;
    return slot.pointer!;
  }

  /** Address of an array, read back from the file if it was spilled. The arrays named in `pinned` stay where they are. */
  get(key: string, pinned: readonly string[] = []): number {
    const slot = this.slots.get(key) ?? fail('internal', 'activation store', `nothing is stored under ${key}.`);
    slot.lastUse = ++this.clock;
    if (slot.pointer === null) {
      this.makeRoom(slot.bytes, pinned);
      slot.pointer = this.engine.heap.alloc(slot.bytes);
      this.resident += slot.bytes;
      this.file!.read(slot.offset!, this.engine.heap.u8(slot.pointer, slot.bytes));
    }
    return slot.pointer;
  }

  has(key: string): boolean {
    return this.slots.has(key);
  }

  free(key: string): void {
    const slot = this.slots.get(key);
    if (slot === undefined) return;
    if (slot.pointer !== null) this.drop(slot);
    if (slot.offset !== null) this.holesOf(slot.bytes).push(slot.offset);
    this.slots.delete(key);
  }

  private holesOf(bytes: number): number[] {
    const found = this.holes.get(bytes) ?? [];
    this.holes.set(bytes, found);
    return found;
  }

  private spill(slot: Slot, file: TemporaryFile): number {
    const data = this.engine.heap.u8(slot.pointer!, slot.bytes);
    const hole = this.holesOf(slot.bytes).pop();
    if (hole === undefined) return file.append(data);
    file.overwrite(hole, data);
    return hole;
  }

  private drop(slot: Slot): void {
    this.engine.heap.free(slot.pointer!);
    this.resident -= slot.bytes;
    slot.pointer = null;
  }

  private makeRoom(bytes: number, pinned: readonly string[]): void {
    if (this.file === null || this.resident + bytes <= this.budget) return;
    const candidates = [...this.slots].filter(([key, slot]) => slot.pointer !== null && !pinned.includes(key));
    candidates.sort(([, a], [, b]) => a.lastUse - b.lastUse);
    for (const [, slot] of candidates) {
      if (this.resident + bytes <= this.budget) return;
      slot.offset ??= this.spill(slot, this.file);
      this.drop(slot);
    }
  }
}
