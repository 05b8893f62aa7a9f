import { html, type Markup } from './markup.js';
import { STYLESHEET } from './stylesheet.js';

/** A part of a page with a heading. */
interface Section {
  /** Of the element that the list of contents leads to: letters and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

/** A page of a report. */
export interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly sections: readonly Section[];
  /** The version of this package. */
  readonly version: string;
}

/** What a page may load: nothing but its own rules and pictures. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** One HTML file without scripts that needs no other file. The same page gives the same bytes. */
export function pageText({ title, subtitle, sections, version }: Page): string {
  const links = sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ markup: POLICY }}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title>
<style>${{ markup: STYLESHEET }}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><h1>${title}</h1><p class="faint">${subtitle}</p>
<nav aria-label="Contents"><ul>${links}</ul></nav></header>
<main id="content">${sections.map(sectionOf)}</main>
<footer class="faint">xfdnn-quantizer ${version}</footer>
</body>
</html>
`;
  return page.markup;
}

const sectionOf = ({ id, title, body }: Section): Markup => html`
<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}
</section>`;
