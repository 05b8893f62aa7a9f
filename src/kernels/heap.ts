import { fail } from '../error.js';

const PAGE = 65536;
/** The most pages a memory can have: 4 GiB. */
const PAGES = 65536;
const ALIGN = 64;
/** Vector loads may read this far past an operand; the last bytes of the memory are never handed out. */
const SLACK = 128;
/** The kernels' own static data lies below. */
const BASE = 4096;

/** A hole in the heap: bytes `start` to `start + size`. */
interface Hole {
  start: number;
  size: number;
}

/** What a heap needs of a WebAssembly memory. */
interface Memory {
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB; the old buffer is invalid. Throws where there is no room. */
  grow(pages: number): unknown;
}

/** A memory for the twins where the runtime has no WebAssembly. */
class PlainMemory implements Memory {
  buffer = new ArrayBuffer(PAGE);

  grow(pages: number): void {
    const grown = new Uint8Array(this.buffer.byteLength + pages * PAGE);
    grown.set(new Uint8Array(this.buffer));
    this.buffer = grown.buffer;
  }
}

/**
 * One WebAssembly memory and an allocator for it: first fit over holes sorted by address, neighbours merged,
 * grown by doubling up to 4 GB. Kernels and their plain twins both work on it. Every view is invalid after
 * the next `alloc`, which may grow the memory: make views anew where they are used.
 */
export class Heap {
  readonly memory: Memory = typeof WebAssembly === 'undefined' ? new PlainMemory() : newMemory();
  readonly #sizes = new Map<number, number>();
  readonly #holes: Hole[] = [{ start: BASE, size: PAGE - SLACK - BASE }];
  #views: Views | undefined;

  /** Size of the whole memory. */
  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Address of `bytes` unused bytes, a multiple of 64. Contents are arbitrary. Throws where memory ends. */
  alloc(bytes: number): number {
    const size = Math.max(ALIGN, Math.ceil(bytes / ALIGN) * ALIGN);
    let index = this.#holes.findIndex((hole) => hole.size >= size);
    if (index < 0) index = this.#grow(size);
    const hole = this.#holes[index]!;
    const pointer = hole.start;
    hole.start += size;
    hole.size -= size;
    if (hole.size === 0) this.#holes.splice(index, 1);
    this.#sizes.set(pointer, size);
    return pointer;
  }

  /** Frees the bytes at an address that `alloc` returned. */
  free(pointer: number): void {
    const size = this.#sizes.get(pointer);
    if (size === undefined) fail('internal', 'heap', `expected an allocated address, got ${pointer}.`);
    this.#sizes.delete(pointer);
    this.#release(pointer, size);
  }

  /** Frees everything; the memory keeps its size. */
  clear(): void {
    this.#sizes.clear();
    this.#holes.splice(0, this.#holes.length, { start: BASE, size: this.bytes - SLACK - BASE });
  }

  /** `count` elements from a byte address on, for reading and writing. */
  f32(pointer: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, pointer, count);
  }

  f64(pointer: number, count: number): Float64Array {
    return new Float64Array(this.memory.buffer, pointer, count);
  }

  i8(pointer: number, count: number): Int8Array {
    return new Int8Array(this.memory.buffer, pointer, count);
  }

  u8(pointer: number, count: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, pointer, count);
  }

  i16(pointer: number, count: number): Int16Array {
    return new Int16Array(this.memory.buffer, pointer, count);
  }

  i32(pointer: number, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, pointer, count);
  }

  /** The whole memory as every element type, for twins, which address it as the kernels do. */
  get all(): Views {
    if (this.#views?.u8.buffer !== this.memory.buffer) this.#views = new Views(this.memory.buffer);
    return this.#views!;
  }

  /** Grows until the last hole holds `size` bytes; its index. */
  #grow(size: number): number {
    const end = this.bytes;
    const last = this.#holes.at(-1);
    const open = last !== undefined && last.start + last.size === end - SLACK ? last.size : 0;
    const missing = Math.ceil((size - open) / PAGE);
    const left = 65536 - end / PAGE;
    const wanted = Math.min(left, Math.max(missing, end / PAGE));
    if (missing > left || !(this.#tryGrow(wanted) || this.#tryGrow(missing))) {
      fail(
        'data',
        '',
        `expected room for ${size} bytes beside ${end} of at most 4294967296, got none.`,
        'Use a smaller network, or fewer workers.',
      );
    }
    this.#release(end - SLACK, this.bytes - end);
    return this.#holes.length - 1;
  }

  #tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  /** Adds a hole, merged with its neighbours. */
  #release(start: number, size: number): void {
    const found = this.#holes.findIndex((hole) => hole.start > start);
    const index = found < 0 ? this.#holes.length : found;
    this.#holes.splice(index, 0, { start, size });
    this.#mergeWithNext(index);
    if (index > 0) this.#mergeWithNext(index - 1);
  }

  #mergeWithNext(index: number): void {
    const hole = this.#holes[index]!;
    const next = this.#holes[index + 1];
    if (next === undefined || hole.start + hole.size !== next.start) return;
    hole.size += next.size;
    this.#holes.splice(index + 1, 1);
  }
}

/** Engines reserve address space for the largest size: where there is less, a smaller one is tried. */
function newMemory(): WebAssembly.Memory {
  for (let maximum = PAGES; maximum >= PAGES / 16; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: 1, maximum });
    } catch {
      // Half of it next.
    }
  }
  return fail(
    'data',
    'memory',
    'expected address space of at least 256 MiB for each thread, got less.',
    'Pass fewer --threads, or raise the limit of address space (ulimit -v).',
  );
}

/** One buffer as every element type. */
export class Views {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i8: Int8Array;
  readonly u8: Uint8Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;

  constructor(buffer: ArrayBuffer) {
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i8 = new Int8Array(buffer);
    this.u8 = new Uint8Array(buffer);
    this.i16 = new Int16Array(buffer);
    this.i32 = new Int32Array(buffer);
  }
}
