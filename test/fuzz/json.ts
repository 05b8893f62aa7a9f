import type { Random } from './random.js';

/** Values of every kind of JSON, and sizes that no file needs. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e9,
  2 ** 53,
  -1e308,
  '',
  'x',
  '0',
  '__proto__',
  '/dev/zero',
  '\u001b[2J',
  '[1,2',
  [],
  [null],
  [[[1]]],
  {},
  { constructor: 1 },
];
const KEYS = ['__proto__', 'constructor', 'toString', '', 'overlay', 'file'] as const;

/** JSON text of a value after a few changes: members dropped, doubled, renamed, and values of other kinds. */
export function changedJson(value: unknown, random: Random): string {
  let changed = value;
  for (let changes = random.below(4); changes > 0; changes--) changed = oneChange(changed, random);
  return JSON.stringify(changed, null, random.below(3));
}

function oneChange(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.once(12)) return random.of(ODD);
  const entries = Object.entries(value);
  const at = random.below(entries.length + 1);
  const [key, inner] = entries[at] ?? [random.of(KEYS), random.of(ODD)];
  const changed = ((): [string, unknown][] => {
    switch (random.below(6)) {
      case 0:
        return [];
      case 1:
        return [[key, random.of(ODD)]];
      case 2:
        return [[random.of(KEYS), inner]];
      case 3:
        return [
          [key, inner],
          [`${key}2`, inner],
        ];
      default:
        return [[key, oneChange(inner, random)]];
    }
  })();
  entries.splice(at, 1, ...changed);
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}
