import { fail } from '../../error.js';
import type { Engine } from '../../kernels/engine.js';
import type { TemporaryFile } from '../../platform/index.js';

/** The file that arrays beyond the budget are written to. */
export type SpillFile = Pick<TemporaryFile, 'append' | 'overwrite' | 'read'>;

/** Where the bytes of one stored array are: in the engine's heap, at an offset of the temporary file, or both. */
interface Slot {
  readonly bytes: number;
  pointer: number | null;
  offset: number | null;
  lastUse: number;
}

/**
 * The stored forms of activations, by key, in the engine's heap up to a budget of bytes. Beyond the budget the least recently used ones
 * are written to a temporary file and read back when they are needed; without a file all of them stay in the heap. An array is
 * written before the next call of `alloc` or `get` and never changes after, so that it is written to the file at most once.
 */
export class ActivationStore {
  private readonly slots = new Map<string, Slot>();
  /** Offsets in the file that are free again, by size. */
  private readonly holes = new Map<number, number[]>();
  private resident = 0;
  private clock = 0;

  constructor(
    private readonly engine: Engine,
    private readonly budget: number,
    private readonly file: SpillFile | null,
  ) {}

  /**
   * Address of a new array, valid until the next `alloc` or `get`. Replaces an array of the same key. The arrays named in `pinned` keep
   * their addresses.
   */
  alloc(key: string, bytes: number, pinned: readonly string[] = []): number {
    this.free(key);
    this.makeRoom(bytes, pinned);
    const pointer = this.engine.heap.alloc(bytes);
    this.slots.set(key, { bytes, pointer, offset: null, lastUse: ++this.clock });
    this.resident += bytes;
    return pointer;
  }

  /** Address of an array, read back from the file if it is not in the heap. The arrays named in `pinned` keep their addresses. */
  get(key: string, pinned: readonly string[] = []): number {
    const slot = this.slots.get(key) ?? fail('internal', 'activation store', `nothing is stored under ${key}.`);
    slot.lastUse = ++this.clock;
    return slot.pointer ?? this.readBack(slot, pinned);
  }

  has(key: string): boolean {
    return this.slots.has(key);
  }

  free(key: string): void {
    const slot = this.slots.get(key);
    if (slot === undefined) return;
    this.evict(slot);
    if (slot.offset !== null) this.holesOf(slot.bytes).push(slot.offset);
    this.slots.delete(key);
  }

  private readBack(slot: Slot, pinned: readonly string[]): number {
    const { file } = this;
    if (file === null || slot.offset === null)
      fail('internal', 'activation store', 'an array is neither in memory nor in the file.');
    this.makeRoom(slot.bytes, pinned);
    const pointer = this.engine.heap.alloc(slot.bytes);
    slot.pointer = pointer;
    this.resident += slot.bytes;
    file.read(slot.offset, this.engine.heap.u8(pointer, slot.bytes));
    return pointer;
  }

  private holesOf(bytes: number): number[] {
    const found = this.holes.get(bytes) ?? [];
    this.holes.set(bytes, found);
    return found;
  }

  /** Writes an array to the file; its offset there. */
  private spill(bytes: number, pointer: number, file: SpillFile): number {
    const data = this.engine.heap.u8(pointer, bytes);
    const hole = this.holesOf(bytes).pop();
    if (hole === undefined) return file.append(data);
    file.overwrite(hole, data);
    return hole;
  }

  /** Gives an array's memory back. */
  private evict(slot: Slot): void {
    if (slot.pointer === null) return;
    this.engine.heap.free(slot.pointer);
    this.resident -= slot.bytes;
    slot.pointer = null;
  }

  private makeRoom(bytes: number, pinned: readonly string[]): void {
    const { file } = this;
    if (file === null || this.resident + bytes <= this.budget) return;
    const candidates = [...this.slots].filter(([key, slot]) => slot.pointer !== null && !pinned.includes(key));
    candidates.sort(([, a], [, b]) => a.lastUse - b.lastUse);
    for (const [, slot] of candidates) {
      if (this.resident + bytes <= this.budget || slot.pointer === null) return;
      slot.offset ??= this.spill(slot.bytes, slot.pointer, file);
      this.evict(slot);
    }
  }
}
