import type { Field, Reader, Type } from 'protobufjs';
import protobuf from 'protobufjs';
import { fail } from '../error.js';
import { alignPayload, concatenate, floatView } from './payload.js';
import type { Message } from './schema.js';
import { enumType, messageType } from './schema.js';

/** Options of {@link decodeMessage}. */
export interface DecodeOptions {
  /** Names the source in messages, usually the file. */
  readonly where: string;
  /**
   * The decoder may overwrite the bytes: it moves payloads that are not aligned over their own header, so that they
   * become views too. The bytes cannot be decoded a second time.
   */
  readonly consume?: boolean;
  /** Fields to read; the others are skipped like unknown ones. All if absent. */
  readonly keep?: (type: string, field: string) => boolean;
}

/** Nesting allowed before a message counts as corrupt. */
const maximalDepth = 64;

const utf8 = new TextDecoder();

/**
 * Decodes a binary protobuf message. Unknown fields are skipped, repeated messages collected, singular ones
 * merged, of a singular scalar the last
 * one counts. Repeated floats and doubles become Float32Array and Float64Array, packed, unpacked or in several pieces;
 * `bytes` become Uint8Array. They are views of `bytes` where the payload is one aligned piece. 64-bit integers become
 * numbers (exact to 2^53). Throws `format` with byte offset and field on corrupt or truncated input.
 */
export function decodeMessage(type: Type, bytes: Uint8Array, options: DecodeOptions): Message {
  const decoder = new Decoder(bytes, options);
  return decoder.message(type, {}, bytes.length, 0);
}

class Decoder {
  private readonly reader: Reader;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly options: DecodeOptions,
  ) {
    this.reader = new protobuf.Reader(bytes);
  }

  message(type: Type, target: Message, end: number, depth: number): Message {
    const pieces: Pieces = new Map();
    while (this.reader.pos < end) {
      const start = this.reader.pos;
      const { number, wire } = this.tag(type, start, end);
      const field = type.fieldsById[number];
      const name = this.nameOf(type, number);
      if (field === undefined || !this.wanted(type, field))
        this.guarded(start, name, end, () => this.reader.skipType(wire, 0, number));
      else this.field(field, wire, { target, pieces, name, start, end, depth });
    }
    for (const [field, list] of pieces) target[field.name] = concatenate(list);
    return target;
  }

  private wanted(type: Type, field: Field): boolean {
    return this.options.keep === undefined || this.options.keep(type.name, field.name);
  }

  private tag(type: Type, start: number, end: number): { number: number; wire: number } {
    const tag = this.guarded(start, type.name, end, () => this.reader.tag());
    const number = tag >>> 3;
    const wire = tag & 7;
    if (wire === 4 || wire > 5) this.corrupt(start, `invalid wire type ${wire} in ${this.nameOf(type, number)}`);
    if (number === 0) this.corrupt(start, `invalid field number 0 in ${type.name}`);
    return { number, wire };
  }

  private nameOf(type: Type, number: number): string {
    const field = type.fieldsById[number];
    return field === undefined ? type.name : `${type.name}.${field.name}`;
  }

  private field(field: Field, wire: number, at: FieldPosition): void {
    const nested = messageType(field);
    if (nested !== null) return this.nested(field, nested, wire, at);
    if (field.type === 'string' || field.type === 'bytes') return this.text(field, wire, at);
    if (field.type === 'float' || field.type === 'double') return this.floats(field, field.type, wire, at);
    this.integers(field, wire, at);
  }

  private nested(field: Field, type: Type, wire: number, at: FieldPosition): void {
    if (at.depth >= maximalDepth) this.corrupt(at.start, `messages are nested too deeply in ${at.name}`);
    const size = this.size(wire, at);
    const end = this.reader.pos + size;
    const known = at.target[field.name];
    const message = this.message(type, field.repeated ? {} : ((known as Message | undefined) ?? {}), end, at.depth + 1);
    if (field.repeated) append(at.target, field.name, message);
    else at.target[field.name] = message;
  }

  private text(field: Field, wire: number, at: FieldPosition): void {
    const header = at.start;
    const size = this.size(wire, at);
    let from = this.reader.pos;
    this.reader.pos += size;
    if (field.type === 'bytes' && this.options.consume === true) from = alignPayload(this.bytes, header, from, size, 4);
    const payload = this.bytes.subarray(from, from + size);
    // A copy: browsers decode no text from shared memory.
    const value = field.type === 'bytes' ? payload : utf8.decode(payload.slice());
    if (field.repeated) append(at.target, field.name, value);
    else at.target[field.name] = value;
  }

  private floats(field: Field, kind: 'float' | 'double', wire: number, at: FieldPosition): void {
    const width = kind === 'float' ? 4 : 8;
    if (!field.repeated) {
      this.expectWire(wire, kind === 'float' ? 5 : 1, at);
      at.target[field.name] = this.guarded(at.start, at.name, at.end, () =>
        kind === 'float' ? this.reader.float() : this.reader.double(),
      );
      return;
    }
    const known = at.target[field.name] as Float32Array | undefined;
    const list = at.pieces.get(field) ?? (known === undefined ? [] : [known]);
    at.pieces.set(field, list);
    list.push(wire === 2 ? this.packed(kind, width, at) : this.unpacked(width, wire, at));
  }

  private packed(kind: 'float' | 'double', width: 4 | 8, at: FieldPosition): Float32Array | Float64Array {
    const size = this.size(2, at);
    if (size % width !== 0) this.corrupt(at.start, `${size} bytes are no whole number of ${kind}s in ${at.name}`);
    let from = this.reader.pos;
    this.reader.pos += size;
    if (this.options.consume === true) from = alignPayload(this.bytes, at.start, from, size, width);
    return floatView(this.bytes, from, size, width);
  }

  /** A run of single elements, each with the same tag before it: counted first, then read into one array. */
  private unpacked(width: 4 | 8, wire: number, at: FieldPosition): Float32Array | Float64Array {
    this.expectWire(wire, width === 4 ? 5 : 1, at);
    const header = this.reader.pos - at.start;
    const step = header + width;
    let count = 1;
    while (at.start + (count + 1) * step <= at.end && this.sameTag(at.start, at.start + count * step, header)) count++;
    if (at.start + count * step > at.end) this.truncated(at.start, width, at.end - this.reader.pos, at.name);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset);
    const result = width === 4 ? new Float32Array(count) : new Float64Array(count);
    for (let index = 0, from = this.reader.pos; index < count; index++, from += step) {
      result[index] = width === 4 ? view.getFloat32(from, true) : view.getFloat64(from, true);
    }
    this.reader.pos = at.start + count * step;
    return result;
  }

  private sameTag(first: number, other: number, length: number): boolean {
    for (let index = 0; index < length; index++)
      if (this.bytes[first + index] !== this.bytes[other + index]) return false;
    return true;
  }

  private integers(field: Field, wire: number, at: FieldPosition): void {
    if (wire === 2 && field.repeated) {
      const size = this.size(wire, at);
      const end = this.reader.pos + size;
      while (this.reader.pos < end) append(at.target, field.name, this.integer(field, { ...at, end }));
      return;
    }
    this.expectWire(wire, fixedWires[field.type] ?? 0, at);
    const value = this.integer(field, at);
    if (field.repeated) append(at.target, field.name, value);
    else at.target[field.name] = value;
  }

  private integer(field: Field, at: FieldPosition): unknown {
    const names = enumType(field);
    const read = names === null ? (field.type as 'int64') : 'int32';
    const value = this.guarded(this.reader.pos, at.name, at.end, () => this.reader[read]() as unknown);
    if (names !== null) return names.valuesById[value as number] ?? value;
    return typeof value === 'object' ? Number(value) : value;
  }

  private expectWire(wire: number, expected: number, at: FieldPosition): void {
    if (wire !== expected) this.corrupt(at.start, `invalid wire type ${wire} in ${at.name}`);
  }

  private size(wire: number, at: FieldPosition): number {
    this.expectWire(wire, 2, at);
    const size = this.guarded(at.start, at.name, at.end, () => this.reader.size());
    if (size > at.end - this.reader.pos) this.truncated(at.start, size, at.end - this.reader.pos, at.name);
    return size;
  }

  /** Runs one read of the reader. An error of the reader, or a read past `end`, becomes an error of the file. */
  private guarded<T>(start: number, name: string, end: number, read: () => T): T {
    let result: T;
    try {
      result = read();
    } catch (error) {
      if (error instanceof RangeError) this.truncated(start, 0, 0, name);
      this.corrupt(
        start,
        `${error instanceof Error ? error.message.replace(/ at offset \d+$/, '') : 'unreadable data'} in ${name}`,
      );
    }
    if (this.reader.pos > end) this.truncated(start, this.reader.pos - start, end - start, name);
    return result;
  }

  private truncated(at: number, needed: number, left: number, name: string): never {
    const sizes =
      needed === 0 ? `the data ends inside ${name}` : `expected ${needed} bytes in ${name}, got ${Math.max(left, 0)}`;
    fail(
      'format',
      `${this.options.where} at byte ${at}`,
      `${sizes}; the file is truncated or corrupt.`,
      'Fetch it again.',
    );
  }

  private corrupt(at: number, detail: string): never {
    fail('format', `${this.options.where} at byte ${at}`, `${detail}; the file may be truncated.`);
  }
}

type Pieces = Map<Field, (Float32Array | Float64Array)[]>;

interface FieldPosition {
  readonly target: Message;
  readonly pieces: Pieces;
  /** `LayerParameter.blobs`. */
  readonly name: string;
  /** Offset of the field's tag. */
  readonly start: number;
  /** End of the message around it. */
  readonly end: number;
  readonly depth: number;
}

const fixedWires: Readonly<Record<string, number>> = { fixed32: 5, sfixed32: 5, fixed64: 1, sfixed64: 1 };

function append(target: Message, name: string, value: unknown): void {
  const list = target[name];
  if (Array.isArray(list)) list.push(value);
  else target[name] = [value];
}
