import { fail } from '../error.js';

/**
 * Command-line words in one spelling: `--deploy-model`, `--Deploy_Model` and `--deploy_model` are the same flag, and a
 * list that the shell has split at its spaces (`[2, 0, 1]`) is one word again.
 */
export function normaliseArguments(words: readonly string[]): string[] {
  const result: string[] = [];
  let joined = 0;
  for (const [i, word] of words.entries()) {
    if (i < joined) continue;
    if (word === '--') return [...result, ...words.slice(i)];
    const opens = /^(--[^=]*=)?\[[^\]]*$/.test(word);
    const spelled = word.replace(/^--[^=]*/, (flag) => `--${flag.slice(2).replaceAll('-', '_').toLowerCase()}`);
    const end = opens ? words.findIndex((other, index) => index > i && other.endsWith(']')) : -1;
    joined = Math.max(end, i) + 1;
    result.push([spelled, ...words.slice(i + 1, joined)].join(' '));
  }
  return result;
}

const usage = (flag: string, expected: string, text: string): never =>
  fail('usage', `--${flag}`, `expected ${expected}, got "${text}".`);

/** A list of numbers: `[2, 0, 1]`, `2,0,1` or `2 0 1`, also in quotes that a shell left. */
export function numberList(flag: string): (text: string) => number[] {
  return (text) => {
    const words = text
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2')
      .replace(/^\[([^[\]]*)\]$/, '$1')
      .trim()
      .split(/\s*,\s*|\s+/);
    const numbers = words.map(Number);
    if (words.some((word) => word === '') || numbers.some((value) => !Number.isFinite(value)))
      usage(flag, 'a list of numbers such as [2,0,1]', text);
    return numbers;
  };
}

/** Three widths, or one that counts for all three. */
export function widths(text: string): number[] {
  const list = numberList('bitwidths')(text);
  const [width] = list;
  return list.length === 1 && width !== undefined ? [width, width, width] : list;
}

/** A list of numbers, or anything else as the path of a file. */
export function numbersOrFile(flag: string): (text: string) => number[] | string {
  return (text) => (/^[\s[\]"',\d.eE+-]*$/.test(text) ? numberList(flag)(text) : text);
}

/** A list of names: `a,b`, `[a, b]` or `a b`; in quotes where a name has spaces of its own and stands alone. */
export function nameList(text: string): string[] {
  const list = text.trim().replace(/^\[(.*)\]$/s, '$1');
  const names = list.includes(',') || /^("[^"]*"|'[^']*')$/.test(list.trim()) ? list.split(',') : list.split(/\s+/);
  return names.map((name) => name.trim().replace(/^(["'])(.*)\1$/s, '$2')).filter((name) => name !== '');
}

/** Values by name, `keep_prob=1,phase_train=false`: numbers and truth values. */
export function settings(flag: string): (text: string) => Record<string, number | boolean> {
  return (text) => {
    const pairs = nameList(text).map((word) => {
      const at = word.lastIndexOf('=');
      const value = word.slice(at + 1).trim();
      const parsed = /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : Number(value);
      const isValue = value !== '' && !Number.isNaN(parsed);
      return at > 0 && isValue
        ? ([word.slice(0, at).trim(), parsed] as const)
        : usage(flag, 'NAME=VALUE[,NAME=VALUE...] with numbers, true or false', text);
    });
    return Object.fromEntries(pairs);
  };
}

/** Widths by name, `conv1=16,fire*=16`; those of a flag that is given again are added. */
export function layerWidths(flag: string): (text: string, before?: unknown) => Record<string, number> {
  return (text, before) => {
    const refuse = (): never => usage(flag, 'NAME=BITS[,NAME=BITS...] with 8 or 16 bits', text);
    const pairs = nameList(text).map((word) => {
      const [, name = refuse(), bits] = /^(.+)=\s*(\d+)$/s.exec(word) ?? [];
      return [name.trim(), Number(bits)] as const;
    });
    if (pairs.length === 0) refuse();
    return { ...(before as Record<string, number> | undefined), ...Object.fromEntries(pairs) };
  };
}

/** The values of a flag that may be given again: a second one is appended to the first, as a list. */
export function repeated<T>(parse: (text: string) => T): (text: string, before?: unknown) => T | unknown[] {
  return (text, before) => (before === undefined ? parse(text) : [before, parse(text)].flat());
}

/**
 * `NAME=PATH`, which may be given again, once for each input of the network: the words as a list. A path without a name
 * replaces those before it.
 */
export function pathOrAssignment(text: string, before?: unknown): string | string[] {
  const words = before === undefined ? [] : ([before].flat() as string[]);
  const isAssigned = [...words, text].every((word) => word.includes('='));
  return words.length > 0 && isAssigned ? [...words, text] : text;
}

/** A finite number. */
export function number(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    return text.trim() === '' || !Number.isFinite(value) ? usage(flag, 'a number', text) : value;
  };
}

/** A whole number of at least `least`. */
export function wholeNumber(flag: string, least: number): (text: string) => number {
  return (text) => {
    const value = number(flag)(text);
    return Number.isSafeInteger(value) && value >= least
      ? value
      : usage(flag, `a whole number of at least ${least}`, text);
  };
}

/** A relative change of at least 0: `0.01` or `1%`. */
export function relative(flag: string): (text: string) => number {
  return (text) => {
    const match = /^\s*(\d+(?:\.\d*)?(?:e-?\d+)?|\.\d+)\s*(%?)\s*$/i.exec(text);
    return match === null
      ? usage(flag, 'a number of at least 0 such as 0.01 or 1%', text)
      : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  };
}

/** A share: `0.99` or `99%`. */
export function share(flag: string): (text: string) => number {
  return (text) => {
    const match = /^\s*([\d.]+)\s*(%?)\s*$/.exec(text);
    const value = match === null ? NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
    return value >= 0 && value <= 1 ? value : usage(flag, 'a share such as 0.99 or 99%', text);
  };
}

/** Words of a choice as a sentence lists them: `v2 or v3`, `a, b or c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.slice(-1).join()}`;

/** One word of a few. */
export function oneOf<T extends string>(flag: string, words: readonly T[]): (text: string) => T {
  return (text) => words.find((word) => word === text.trim().toLowerCase()) ?? usage(flag, listed(words), text);
}

/** A version: `v3`, also without its letter. */
export function version<T extends string>(flag: string, versions: readonly T[]): (text: string) => T {
  return (text) =>
    versions.find(
      (each) =>
        each ===
        text
          .trim()
          .toLowerCase()
          .replace(/^(?=\d)/, 'v'),
    ) ?? usage(flag, listed(versions), text);
}

/** A number of bytes: `512M`, `2G`, `1048576`. */
export function byteSize(flag: string): (text: string) => number {
  return (text) => {
    const [, size, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$/i.exec(text) ?? [];
    if (size === undefined) return usage(flag, 'a size such as 512M or 2G', text);
    return Number(size) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' ');
  };
}
