/** Writes protobuf wire format by hand, so that readers are tested against the format and not against a library. */
export class ProtobufWriter {
  private readonly bytes: number[] = [];

  static build(write: (writer: ProtobufWriter) => void): Uint8Array {
    const writer = new ProtobufWriter();
    write(writer);
    return writer.finish();
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  raw(...bytes: number[]): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) this.bytes.push(Number(rest & 127n) | 128);
    this.bytes.push(Number(rest));
    return this;
  }

  tag(field: number, wire: number): this {
    return this.varint(field * 8 + wire);
  }

  integer(field: number, value: number | bigint): this {
    return this.tag(field, 0).varint(value);
  }

  block(field: number, payload: ArrayLike<number>): this {
    this.tag(field, 2).varint(payload.length);
    for (let index = 0; index < payload.length; index++) this.bytes.push(payload[index]!);
    return this;
  }

  string(field: number, text: string): this {
    return this.block(field, new TextEncoder().encode(text));
  }

  message(field: number, write: (writer: ProtobufWriter) => void): this {
    return this.block(field, ProtobufWriter.build(write));
  }

  packedFloats(field: number, values: readonly number[]): this {
    return this.block(field, floatBytes(values));
  }

  packedDoubles(field: number, values: readonly number[]): this {
    return this.block(field, new Uint8Array(new Float64Array(values).buffer));
  }

  unpackedFloats(field: number, values: readonly number[]): this {
    for (const value of values) this.tag(field, 5).raw(...floatBytes([value]));
    return this;
  }

  packedIntegers(field: number, values: readonly number[]): this {
    return this.block(
      field,
      ProtobufWriter.build((writer) => values.forEach((value) => writer.varint(value))),
    );
  }
}

function floatBytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(new Float32Array(values).buffer);
}
