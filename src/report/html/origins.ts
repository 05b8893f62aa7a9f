import { html, type Markup } from './markup.js';
import type { Origin } from './report-data.js';

/** What a result was made from: flags, seed, hashes. */
export function originsTable(origins: readonly Origin[]): Markup {
  const rows = origins.map(
    ({ name, value }) => html`<tr><th scope="row">${name}</th><td><code>${value}</code></td></tr>\n`,
  );
  return html`<table><tbody>${rows}</tbody></table>`;
}
