/**
 * Moves the `size` bytes of a payload at `from` to a multiple of `width` of the underlying buffer. The payload moves
 * down over its own header (tag and length, from `header` to `from`), which the caller has read already. Returns the
 * new start: `from` itself if the payload is aligned or its header is too short.
 */
export function alignPayload(bytes: Uint8Array, header: number, from: number, size: number, width: 4 | 8): number {
  const shift = (bytes.byteOffset + from) % width;
  if (shift === 0 || from - shift < header) return from;
  bytes.copyWithin(from - shift, from, from + size);
  return from - shift;
}

/** `size` little-endian bytes at `from` as floats of `width` bytes: a view if they are aligned, a copy if not. */
export function floatView(bytes: Uint8Array, from: number, size: number, width: 4 | 8): Float32Array | Float64Array {
  const start = bytes.byteOffset + from;
  const floats = width === 4 ? Float32Array : Float64Array;
  if (start % width === 0) return new floats(bytes.buffer as ArrayBuffer, start, size / width);
  // Not `slice`: that of a Buffer is a view.
  return new floats(new Uint8Array(bytes.subarray(from, from + size)).buffer, 0, size / width);
}

/** The arrays one after the other, as the type of the first; the array itself if it is the only one. */
export function concatenate(list: readonly (Float32Array | Float64Array)[]): Float32Array | Float64Array {
  const [first = new Float32Array(0), ...others] = list;
  if (others.length === 0) return first;
  const length = list.reduce((sum, piece) => sum + piece.length, 0);
  const result = first instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const piece of list) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}

/** IEEE half precision to single; exact. `bytes` holds little-endian 16-bit patterns. */
export function halvesToFloats(bytes: Uint8Array): Float32Array {
  const result = new Float32Array(bytes.length >> 1);
  for (let index = 0; index < result.length; index++)
    result[index] = halfToFloat(bytes[2 * index]! | (bytes[2 * index + 1]! << 8));
  return result;
}

function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  // 2^-24 and 2^(exponent - 25) are exact: built by division and multiplication of powers of two.
  if (exponent === 0) return (sign * fraction) / 16777216;
  return exponent >= 25
    ? sign * (1024 + fraction) * (1 << (exponent - 25))
    : (sign * (1024 + fraction)) / (1 << (25 - exponent));
}
