import { fail } from '../error.js';
import { nearest } from '../nearest.js';
import type { Graph } from './graph.js';

/** The most near names that a message lists. */
const SHOWN = 4;

/** The names of a graph's layers, but those of its inputs. */
export function layerNames({ nodes, inputs }: Graph): string[] {
  return nodes.filter(({ outputs }) => !outputs.some((id) => inputs.includes(id))).map(({ name }) => name);
}

/**
 * For each pattern the names that it matches: `*` stands for any characters, `?` for one. Throws `usage` for a pattern that
 * matches none, with the names that are near it. `flag` names the patterns in errors.
 */
export function matchNames(flag: string, patterns: readonly string[], names: readonly string[]): string[][] {
  return patterns.map((pattern) => {
    const expression = expressionOf(pattern);
    const matched = names.filter((name) => expression.test(name));
    return matched.length > 0 ? matched : matchesNothing(flag, pattern, names);
  });
}

function expressionOf(pattern: string): RegExp {
  const parts = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${parts}$`, 's');
}

function matchesNothing(flag: string, pattern: string, names: readonly string[]): never {
  const near = nearNames(pattern, names)
    .map((name) => `"${name}"`)
    .join(', ');
  return fail(
    'usage',
    flag,
    `expected names of layers, got "${pattern}", which matches none.`,
    near === '' ? 'xfdnn inspect lists the layers.' : `Near it are ${near}; xfdnn inspect lists the layers.`,
  );
}

/** The names that hold the pattern's letters, else those that take few changes of single letters; nearest first. */
function nearNames(pattern: string, names: readonly string[]): string[] {
  const wanted = pattern.replace(/[*?]/g, '').toLowerCase();
  const holding = wanted === '' ? [] : names.filter((name) => name.toLowerCase().includes(wanted));
  if (holding.length > 0) return holding.slice(0, SHOWN);
  return nearest(wanted, names, (name) => name.toLowerCase()).slice(0, SHOWN);
}
