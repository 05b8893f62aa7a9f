import { fail } from '../error.js';
import type { NodeDef } from './node.js';
import { isVariable } from './structure.js';

/** How many variables a message names. */
const NAMED = 5;

/** Throws `model` if there are variables among the nodes: a frozen graph holds their values as constants. */
export function refuseVariables(nodes: readonly NodeDef[], fileName: string): void {
  const found = nodes.filter((node) => isVariable(node.op));
  if (found.length === 0) return;
  const names = found
    .slice(0, NAMED)
    .map((node) => `"${node.name}" (${node.op})`)
    .join(', ');
  const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : '';
  fail(
    'model',
    fileName,
    `expected a frozen graph, got ${found.length} variables whose values are not in the file: ${names}${more}.`,
    'Freeze it first (convert_variables_to_constants).',
  );
}
