/** A field of a protobuf message as it stands in the file. */
export interface WireField {
  readonly number: number;
  /** 0: varint, 1: 64 bits, 2: length and bytes, 5: 32 bits. */
  readonly wire: number;
  /** The bytes of a field of wire type 2, as far as the data reach; empty for the others. */
  readonly payload: Uint8Array;
}

const nothing = new Uint8Array(0);

/** The first fields of a protobuf message, at most `most`; none where the bytes are no protobuf message. */
export function topFields(bytes: Uint8Array, most: number): readonly WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return -1;
  };
  while (at < bytes.length && fields.length < most) {
    const tag = varint();
    const [number, wire] = [Math.floor(tag / 8), tag & 7];
    if (number < 1 || ![0, 1, 2, 5].includes(wire)) return [];
    if (wire === 0 && varint() < 0) return [];
    const size = wire === 2 ? varint() : wire === 1 ? 8 : wire === 5 ? 4 : 0;
    if (size < 0) return [];
    fields.push({ number, wire, payload: wire === 2 ? bytes.subarray(at, at + size) : nothing });
    at += size;
  }
  return fields;
}
