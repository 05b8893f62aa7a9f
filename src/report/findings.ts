import { marked, type TextStyle } from './style.js';

/** A line for each thing that was examined; what is not well is marked. */
export function findingsText(
  findings: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[],
  style: TextStyle = {},
): string {
  return findings
    .map(({ name, ok, detail }) =>
      marked(`${ok ? 'ok ' : 'NOT'} ${name.padEnd(16)} ${detail}`, ok ? undefined : 'bad', style),
    )
    .map((line) => `${line}\n`)
    .join('');
}
