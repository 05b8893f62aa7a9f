import type { Enum, Field } from 'protobufjs';
import type { Token } from './text-tokens.js';

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-0x80000000, 0x7fffffff],
  sint32: [-0x80000000, 0x7fffffff],
  sfixed32: [-0x80000000, 0x7fffffff],
  uint32: [0, 0xffffffff],
  fixed32: [0, 0xffffffff],
  uint64: [0, 2 ** 64],
  fixed64: [0, 2 ** 64],
};
const signed64: readonly [number, number] = [-(2 ** 63), 2 ** 63];
const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  t: true,
  1: true,
  false: false,
  False: false,
  f: false,
  0: false,
};
const utf8 = new TextDecoder();

/**
 * The value of a scalar field from one token: a string, `Uint8Array` for `bytes`, boolean, enum name, or number.
 * `wrong` is called with the expected kind of value. Floats are rounded to float32; 64-bit integers beyond 2^53
 * to the nearest double.
 */
export function scalar(
  field: Field,
  names: Enum | null,
  kind: Token['kind'],
  text: string,
  wrong: (expected: string) => never,
): unknown {
  if (names !== null) return enumName(names, kind, text, wrong);
  switch (field.type) {
    case 'string':
      return kind === 'string' ? utf8.decode(bytesOf(text)) : wrong('a string in quotes');
    case 'bytes':
      return kind === 'string' ? bytesOf(text) : wrong('a string in quotes');
    case 'bool':
      return kind !== 'string' && Object.hasOwn(booleans, text) ? booleans[text] : wrong('true or false');
    case 'float':
      return Math.fround(float(kind, text) ?? wrong('a number'));
    case 'double':
      return float(kind, text) ?? wrong('a number');
    default:
      return integer(field.type, kind, text, wrong);
  }
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function enumName(names: Enum, kind: Token['kind'], text: string, wrong: (expected: string) => never): string {
  const found =
    kind === 'word' && Object.hasOwn(names.values, text)
      ? text
      : kind === 'number'
        ? names.valuesById[Number(text)]
        : undefined;
  return found ?? wrong(`one of ${Object.keys(names.values).join(', ')}`);
}

function float(kind: Token['kind'], text: string): number | undefined {
  if (kind === 'number') return Number(/^-?0x/i.test(text) ? parseInteger(text) : text.replace(/f$/i, ''));
  const special = kind === 'word' ? /^(-?)(?:(inf|infinity)|nan)f?$/i.exec(text) : null;
  if (special === null) return undefined;
  return special[2] === undefined ? NaN : special[1] === '-' ? -Infinity : Infinity;
}

function integer(type: string, kind: Token['kind'], text: string, wrong: (expected: string) => never): number {
  if (kind !== 'number' || !/^-?(?:0x[0-9a-f]+|[0-9]+)$/i.test(text)) wrong('an integer');
  const value = parseInteger(text);
  const [least, most] = ranges[type] ?? signed64;
  if (Number.isNaN(value)) wrong('an integer (a leading 0 means octal)');
  return value >= least && value <= most
    ? value
    : wrong(least === 0 && value < 0 ? 'an integer of at least 0' : `an integer from ${least} to ${most}`);
}

/** Decimal, hex (0x) or octal (leading 0). */
function parseInteger(text: string): number {
  const negative = text.startsWith('-');
  const digits = negative ? text.slice(1) : text;
  const value = /^0[0-9]/.test(digits) ? (/^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN) : Number(digits);
  return negative ? 0 - value : value;
}
