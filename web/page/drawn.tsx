import type { Markup } from '../../src/report/html/markup.js';

/** A drawing of the library's reports. Every text in it is escaped where it is made. */
export function Drawn({ drawing, kind = '' }: { readonly drawing: Markup; readonly kind?: string }) {
  return <div class={`drawn ${kind}`} dangerouslySetInnerHTML={{ __html: drawing.markup }} />;
}
