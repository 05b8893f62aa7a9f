import { fail } from '../error.js';

/** A place in a pattern, between two of its parts. */
interface Place {
  /** Whether a character leads on from here. */
  test(character: string): boolean;
  /** By how many places such a character leads on: 0 where more of them may follow. */
  readonly step: 0 | 1;
  /** The places further on that are reached from here without a character. */
  readonly free: readonly number[];
}

const notSlash = (character: string): boolean => character !== '/';
const one = (test: Place['test']): Place => ({ test, step: 1, free: [] });
const many = (test: Place['test']): Place => ({ test, step: 0, free: [1] });

/** Any folders with the slash behind them, or nothing. */
const FOLDERS: readonly Place[] = [
  { test: () => false, step: 1, free: [1, 3] },
  many(() => true),
  one((character) => character === '/'),
];

/**
 * Whether names match a pattern of `*` (within a folder), `**` (through folders), `?` and `[abc]`, `[a-z]`, `[!a]`. Time is
 * linear in the name for each part of the pattern. Throws `usage` for a range that is none.
 */
export function globMatcher(pattern: string): (name: string) => boolean {
  const texts = pattern.match(/\*\*[/\\]|\*+|\[[^\]]+\]|./gsu) ?? [];
  const places = texts.flatMap((text) => placesOf(text, pattern));
  return (name) => {
    let reached = withFree(places, new Set([0]));
    for (const character of name) {
      const next = [...reached].flatMap((at) => {
        const place = places[at];
        return place?.test(character) === true ? at + place.step : [];
      });
      reached = withFree(places, new Set(next));
    }
    return reached.has(places.length);
  };
}

/** The places with those that are reached from them without a character; the loop also walks what it adds. */
function withFree(places: readonly Place[], reached: Set<number>): Set<number> {
  for (const at of reached) for (const step of places[at]?.free ?? []) reached.add(at + step);
  return reached;
}

function placesOf(text: string, pattern: string): readonly Place[] {
  if (/^\*\*[/\\]$/.test(text)) return FOLDERS;
  if (text === '*') return [many(notSlash)];
  if (text.startsWith('**')) return [many(() => true)];
  if (text === '?') return [one(notSlash)];
  return [one(text.length > 1 && text.startsWith('[') ? classTest(text, pattern) : (character) => character === text)];
}

/** Whether a character is one of `[abc]`. */
function classTest(text: string, pattern: string): Place['test'] {
  const inner = text.slice(1, -1).replace(/[\\^[]/g, '\\$&');
  try {
    const expression = new RegExp(`^[${inner.replace(/^!/, '^')}]$`, 'u');
    return (character) => notSlash(character) && expression.test(character);
  } catch {
    return fail('usage', pattern, `expected a range such as [a-z] in the pattern, got ${text}.`);
  }
}
