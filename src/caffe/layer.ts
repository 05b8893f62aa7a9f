import type { XfdnnError } from '../error.js';
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
  /** Reasons why the layer cannot be run although its type has an operator: "unknown field x of YParameter". */
  readonly refusals: readonly string[];
  /** The error of the first field with an invalid value; thrown if the layer is run. */
  readonly invalid?: XfdnnError;
  /** Whether a layer of an unknown type counts as a data layer. */
  readonly isData?: true;
  /** The layer of the file that an Input layer stands for. */
  readonly source?: { readonly name: string; readonly type: string };
  /** The name of the layer that this layer completes: one layer of the file became both. */
  readonly completes?: string;
}

/** A layer of our own making, for one that the file declares otherwise. */
export function madeLayer(
  type: string,
  { name, bottoms, tops, where }: Pick<Layer, 'name' | 'bottoms' | 'tops' | 'where'>,
  parameters: Message = {},
): Layer {
  const message = { name, type, bottom: [...bottoms], top: [...tops], ...parameters };
  return { name, type, bottoms, tops, message, where, refusals: [] };
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
