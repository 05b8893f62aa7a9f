import { fail } from '../../error.js';

/** Codes up to this length are found by one look into a table. */
const FAST_BITS = 9;

/** A Huffman code; ITU-T T.81, annex C and F.2.2.3. */
export interface HuffmanTable {
  /** For the next 9 bits: code length * 256 + symbol, 0 where the code is longer. */
  readonly fast: Uint16Array;
  /** For each length: the first 16-bit word that no code up to that length begins. */
  readonly limit: Int32Array;
  /** For each length: what to add to a code of it to get the index of its symbol. */
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/** The table of codes given as the number of codes of each length 1 ... 16 and their symbols in order; undefined where they are too many. */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable | undefined {
  const table = { fast: new Uint16Array(1 << FAST_BITS), limit: new Int32Array(17), offset: new Int32Array(17), symbols };
  for (let length = 1, code = 0, index = 0; length <= 16; length++, code <<= 1) {
    table.offset[length] = index - code;
    for (let k = 0; k < counts[length - 1]!; k++, code++, index++) {
      if (length > FAST_BITS) continue;
      const first = code << (FAST_BITS - length);
      table.fast.fill((length << 8) | symbols[index]!, first, first + (1 << (FAST_BITS - length)));
    }
    if (code > 1 << length) return undefined;
    table.limit[length] = code << (16 - length);
  }
  return table;
}

/** Reads the entropy-coded bits of a scan: stuffed zeros are dropped, a marker ends them. */
export class BitReader {
  /** Where the next byte comes from. */
  at: number;
  /** The last `count` of its bits are still to be read. */
  private bits = 0;
  private count = 0;
  /** Bits that were made up after the end of the data. */
  private padding = 0;

  constructor(
    private readonly data: Uint8Array,
    start: number,
    /** Names the file in errors. */
    private readonly where: string,
  ) {
    this.at = start;
  }

  /** The next `length` bits, 1 to 16, as an unsigned number. */
  read(length: number): number {
    if (this.count < length) this.fill();
    this.count -= length;
    return (this.bits >>> this.count) & ((1 << length) - 1);
  }

  /** The next `length` bits, 1 to 16, as a signed number: T.81, EXTEND. */
  readSigned(length: number): number {
    const value = this.read(length);
    return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** The symbol of the next code. */
  readSymbol(table: HuffmanTable): number {
    if (this.count < 16) this.fill();
    const entry = table.fast[(this.bits >>> (this.count - FAST_BITS)) & ((1 << FAST_BITS) - 1)]!;
    if (entry === 0) return this.readLongSymbol(table);
    this.count -= entry >> 8;
    return entry & 255;
  }

  /** Drops what is left of the last byte and steps over a restart marker. */
  restart(): void {
    this.checkEnd();
    this.bits = this.count = this.padding = 0;
    if (this.data[this.at] !== 0xff || (this.data[this.at + 1]! & 0xf8) !== 0xd0) this.broken('expected a restart marker, got none.');
    this.at += 2;
  }

  /** Fails where more bits were read than there are. */
  checkEnd(): void {
    if (this.padding > this.count) this.broken(`expected more image data, got ${this.at >= this.data.length ? 'the end of the file' : 'a marker'}.`);
  }

  private readLongSymbol({ limit, offset, symbols }: HuffmanTable): number {
    const word = (this.bits >>> (this.count - 16)) & 0xffff;
    let length = FAST_BITS + 1;
    while (length <= 16 && word >= limit[length]!) length++;
    if (length > 16) this.broken('expected a Huffman code, got bits that are none.');
    this.count -= length;
    return symbols[(word >> (16 - length)) + offset[length]!]!;
  }

  private fill(): void {
    while (this.count <= 24) {
      let byte = this.data[this.at];
      if (byte === undefined || (byte === 0xff && this.data[this.at + 1] !== 0)) {
        byte = 0;
        this.padding += 8;
      } else this.at += byte === 0xff ? 2 : 1;
      this.bits = (this.bits << 8) | byte;
      this.count += 8;
    }
  }

  private broken(detail: string): never {
    return fail('format', `${this.where} at byte ${this.at}`, detail, 'The JPEG image is broken or truncated; replace it.');
  }
}
