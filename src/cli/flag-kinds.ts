import type { Option } from 'commander';

/** How a flag's value is written in JSON. */
interface FlagKind {
  readonly schema: Readonly<Record<string, unknown>>;
  /** The type in words: `a number`. */
  readonly expected: string;
  matches(value: unknown): boolean;
  /** The words of a value that matches. */
  words(flag: string, value: any): string[];
}

const joined = (flag: string, value: unknown): string[] => [`${flag}=${String(value)}`];
const isString = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isListOf = (test: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(test);
const listSchema = (type: string) => ({ type: 'array', items: { type } });

const SWITCH: FlagKind = {
  schema: { type: 'boolean' },
  expected: 'true or false',
  matches: (value) => typeof value === 'boolean',
  words: (flag, value) => (value ? [flag] : []),
};
const TEXT: FlagKind = { schema: { type: 'string' }, expected: 'a string', matches: isString, words: joined };
const NUMBER: FlagKind = { schema: { type: 'number' }, expected: 'a number', matches: isNumber, words: joined };
const SIZE: FlagKind = {
  schema: { type: ['number', 'string'] },
  expected: 'a number or a string',
  matches: (value) => isNumber(value) || isString(value),
  words: joined,
};
const NUMBERS: FlagKind = {
  schema: listSchema('number'),
  expected: 'a list of numbers',
  matches: isListOf(isNumber),
  words: (flag, value: readonly number[]) => [`${flag}=[${value.join(',')}]`],
};
const NUMBERS_OR_FILE: FlagKind = {
  schema: { ...listSchema('number'), type: ['array', 'string'] },
  expected: 'a list of numbers or a string',
  matches: (value) => NUMBERS.matches(value) || isString(value),
  words: (flag, value) => (isString(value) ? joined(flag, value) : NUMBERS.words(flag, value)),
};
const NAMES: FlagKind = {
  schema: listSchema('string'),
  expected: 'a list of strings',
  matches: isListOf(isString),
  words: (flag, value: readonly string[]) => [`${flag}=${value.map((name) => `"${name}"`).join(',')}`],
};
const PATHS: FlagKind = {
  schema: { ...listSchema('string'), type: ['string', 'array'] },
  expected: 'a string or a list of strings',
  matches: (value) => isString(value) || NAMES.matches(value),
  words: (flag, value) => [value].flat().flatMap((path) => joined(flag, path)),
};
const SETTINGS: FlagKind = {
  schema: { type: 'object', additionalProperties: { type: ['number', 'boolean'] } },
  expected: 'an object of numbers and truth values',
  matches: (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => isNumber(each) || typeof each === 'boolean'),
  words: (flag, value: object) => [
    `${flag}=${Object.entries(value)
      .map(([name, each]) => `${name}=${each}`)
      .join(',')}`,
  ],
};

/** The kind of a flag: what its parser makes of a few samples tells it. */
export function kindOf(flag: Option): FlagKind {
  if (flag.isBoolean() || flag.negate) return SWITCH;
  const parsed = (text: string, before?: unknown): unknown => attempt(flag, text, before);
  const value = flag.parseArg === undefined ? '' : (parsed('1') ?? parsed('a=8') ?? '');
  if (isNumber(value)) return isNumber(parsed('1k')) ? SIZE : NUMBER;
  if (Array.isArray(value)) {
    if (!isNumber(value[0])) return NAMES;
    return isString(parsed('a')) ? NUMBERS_OR_FILE : NUMBERS;
  }
  if (typeof value === 'object') return SETTINGS;
  return Array.isArray(parsed('a=8', 'b=8')) ? PATHS : TEXT;
}

/** What the parser of a flag makes of a text; undefined where it refuses it. */
function attempt({ parseArg }: Option, text: string, before: unknown): unknown {
  try {
    return parseArg?.(text, before);
  } catch {
    return undefined;
  }
}

/** The JSON schema of a flag's value. */
export function schemaOf(flag: Option): unknown {
  return { description: flag.description, ...kindOf(flag).schema };
}
