import { visible } from '../../error.js';

/** Text that is HTML already. */
export interface Markup {
  readonly markup: string;
}

/** What a template takes: text and numbers are escaped, markup and lists of it are not, nothing else leaves a trace. */
export type Part = string | number | Markup | false | null | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(part: Part): string {
  if (part === false || part === null || part === undefined) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return visible(part).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
  return 'markup' in part ? part.markup : part.map(textOf).join('');
}

/** HTML from a template. Every text in it is escaped: names come from files. Attributes stand in quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.map((string, i) => string + textOf(parts[i])).join('') };
}
