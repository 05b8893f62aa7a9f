import type { Random } from './random.js';

/** Bytes that readers treat as special: ends of varints, signs, quotes, braces, limits. */
const SPECIAL = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x0a, 0x22, 0x7b, 0x7d, 0x2d, 0x39, 0xd8, 0xda] as const;

/** The bytes after a few changes: bits and bytes set, parts cut out, doubled, moved, or the end cut off. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let result = bytes;
  for (let changes = 1 + random.below(4); changes > 0; changes--) result = changed(result, random);
  return result;
}

function changed(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(random.of([2, 16, 200])));
  switch (random.below(6)) {
    case 0:
      return with1(bytes, at, (byte) => byte ^ (1 << random.below(8)));
    case 1:
      return with1(bytes, at, () => random.of(SPECIAL));
    case 2:
      return joined(bytes.subarray(0, at), bytes.subarray(end));
    case 3:
      return joined(bytes.subarray(0, end), bytes.subarray(at));
    case 4:
      return joined(bytes.subarray(0, at), bytes.subarray(random.below(bytes.length + 1)));
    default:
      return random.once(4) ? bytes.slice(0, at) : with1(bytes, at, () => random.below(256));
  }
}

function with1(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const result = bytes.slice();
  if (at < result.length) result[at] = change(result[at]!);
  return result;
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const result = new Uint8Array(head.length + tail.length);
  result.set(head);
  result.set(tail, head.length);
  return result;
}
