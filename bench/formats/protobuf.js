/**
 * Protobuf, the writing half: an encoded field is a list of byte arrays, so that large payloads are copied
 * once, when everything is joined.
 * @typedef {readonly Uint8Array[]} Encoded
 */

const encoder = new TextEncoder();

/** @param {number} value a whole number of at least 0, below 2^53 */
function varintBytes(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.from([...bytes, value]);
}

/** @param {number} field @param {number} value @returns {Encoded} */
export function varint(field, value) {
  return [varintBytes(field * 8), varintBytes(value)];
}

/** A message, or bytes. @param {number} field @param {...Encoded} content @returns {Encoded} */
export function message(field, ...content) {
  const parts = content.flat();
  return [varintBytes(field * 8 + 2), varintBytes(sizeOf(parts)), ...parts];
}

/** @param {number} field @param {string} text @returns {Encoded} */
export function string(field, text) {
  return message(field, [encoder.encode(text)]);
}

/** Float32 as they stand in memory: little-endian on every machine JavaScript runs on. @param {number} field @param {Float32Array} data @returns {Encoded} */
export function floats(field, data) {
  return message(field, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

/** Whole numbers of at least 0, packed. @param {number} field @param {readonly number[]} values @returns {Encoded} */
export function varints(field, values) {
  return message(field, values.map(varintBytes));
}

/** The tag and length of a field whose `bytes` of content follow. @param {number} field @param {number} bytes @returns {Encoded} */
export function header(field, bytes) {
  return [varintBytes(field * 8 + 2), varintBytes(bytes)];
}

/** @param {Encoded} parts */
export function sizeOf(parts) {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** @param {Encoded} parts */
export function join(parts) {
  const result = new Uint8Array(sizeOf(parts));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
