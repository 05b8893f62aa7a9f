/**
 * The kind of an error. The command line ends with exit code 2 for `usage`, with 1 for the others.
 *
 * - `usage`: flags or options that contradict each other or are out of range
 * - `file`: a path that cannot be read or written, or that is a folder in place of a file or the reverse
 * - `format`: bytes or text that do not parse
 * - `model`: a network that parses but is inconsistent
 * - `unsupported`: a consistent network that cannot be run
 * - `data`: images, arrays or activations with unusable values
 * - `internal`: a fault of this package
 */
export type ErrorCode = 'usage' | 'file' | 'format' | 'model' | 'unsupported' | 'data' | 'internal';

/** Characters that a terminal obeys or hides: control characters, line separators, and changes of the direction of text. */
const INVISIBLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text of a file, such as a layer's name, as it may stand in a line of a message: control characters are shown as
 * `\u001b`, so that a terminal does not obey them and a name stays on its line.
 */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** At most this many characters of each part stand in a message. */
const LONGEST = 2000;

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)} ...` : text);

/** Things of one kind that an error names, such as layers: a terminal shows each on a line of its own. */
export interface ErrorList {
  /** What introduces them: `not supported: 2 layers:`. */
  readonly head: string;
  readonly items: readonly string[];
}

/** The one error of this package. Its message is `where: detail hint`, on one line of bounded length. */
export class XfdnnError extends Error {
  readonly code: ErrorCode;
  /** File, layer, entry or flag that the error is about; may be empty. */
  readonly where: string;
  /** What was expected and what was found. */
  readonly detail: string;
  /** What to do about it; may be empty. */
  readonly hint: string;
  /** What `detail` lists, where it lists something. */
  readonly list: ErrorList | undefined;

  constructor(code: ErrorCode, where: string, detail: string, hint = '', list?: ErrorList) {
    const parts = [where === '' ? detail : `${shortened(where)}: ${shortened(detail)}`, hint];
    super(
      parts
        .filter((part) => part !== '')
        .map(visible)
        .join(' '),
    );
    this.name = 'XfdnnError';
    this.code = code;
    this.where = where;
    this.detail = detail;
    this.hint = hint;
    this.list = list;
  }

  /** The same error with `where` put before its own: the file before the layer. */
  within(where: string): XfdnnError {
    return new XfdnnError(
      this.code,
      this.where === '' ? where : `${where}: ${this.where}`,
      this.detail,
      this.hint,
      this.list,
    );
  }
}

/** Throws an {@link XfdnnError}; an expression of type `never`, so it can end a conditional. */
export function fail(code: ErrorCode, where: string, detail: string, hint = ''): never {
  throw new XfdnnError(code, where, detail, hint);
}

/** {@link fail} with a detail that ends with a list: `head a, b.` */
export function failWithList(code: ErrorCode, where: string, list: ErrorList, hint = ''): never {
  throw new XfdnnError(code, where, `${list.head} ${list.items.join(', ')}.`, hint, list);
}

/** The value. Throws `internal` where it is undefined: what the caller relies on does not hold. `what` names it: "an input of node 3". */
export function required<T>(value: T | undefined, where: string, what: string): T {
  return value ?? fail('internal', where, `expected ${what}, got none.`);
}

/** What was thrown; an {@link XfdnnError} without a `where` is given this one. */
export function placed(error: unknown, where: () => string): unknown {
  return error instanceof XfdnnError && error.where === '' ? error.within(where()) : error;
}
