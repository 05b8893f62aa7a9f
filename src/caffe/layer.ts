import type { Message } from '../formats/schema.js';

/** A layer of a prototxt of any form, with the fields of today's LayerParameter. */
export interface Layer {
  readonly name: string;
  /** Spelled as in today's files (`InnerProduct`). */
  readonly type: string;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  /** The LayerParameter itself: parameter messages by field name, rules. */
  readonly message: Message;
  /** `deploy.prototxt:41:9`. */
  readonly where: string;
}

/** All layers that a prototxt declares, legacy forms translated. */
export interface Net {
  readonly name: string;
  readonly layers: readonly Layer[];
  /** Level and stages of the file's `state`, to which include and exclude rules refer. */
  readonly level: number;
  readonly stages: readonly string[];
  readonly warnings: readonly string[];
}

/** `"a", "b" and 3 more`: at most `most` quoted names. */
export function listNames(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => `"${name}"`);
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ');
}
