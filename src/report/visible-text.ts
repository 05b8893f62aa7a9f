import { visible } from '../error.js';

/**
 * The parts of a result that a report prints, with the control characters of every name shown: names come from files, and
 * a terminal would obey them. Numbers and typed arrays are taken over as they are.
 */
export function visibleText<T>(result: T): T {
  if (typeof result === 'string') return visible(result) as T;
  if (Array.isArray(result)) return result.map(visibleText) as T;
  if (typeof result !== 'object' || result === null || ArrayBuffer.isView(result)) return result;
  return Object.fromEntries(Object.entries(result).map(([key, value]) => [key, visibleText(value)])) as T;
}
