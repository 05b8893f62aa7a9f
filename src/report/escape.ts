import { visible } from '../error.js';

/** Text in a cell of a Markdown table, shown as it is. */
export function markdownText(text: string): string {
  return visible(text).replace(/[\\`*_{}[\]<>|~&#]/g, (character) => `\\${character}`);
}

/** Text in an element or attribute of XML. */
export function xmlText(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return visible(text).replace(/[&<>"]/g, (character) => names[character] ?? '');
}

/** The message of a GitHub annotation. */
export function annotationText(text: string): string {
  return visible(text).replaceAll('%', '%25');
}

/** A property of a GitHub annotation. */
export function annotationProperty(text: string): string {
  return annotationText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
