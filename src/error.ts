/** What kind of trouble an error is about; the command line maps `usage` to exit code 2, the rest to 1. */
export type ErrorCode =
  | 'usage' // flags or options that contradict each other or are out of range
  | 'file' // cannot be read, written, or is not what its place asks for
  | 'format' // bytes or text that do not parse
  | 'model' // a network that parses but does not make sense
  | 'unsupported' // a network that makes sense but that we cannot run
  | 'data' // images, arrays or activations with unusable values
  | 'internal'; // a broken promise between our own layers

/**
 * The one error of this package. `where` names file, layer or entry; `message` says what was expected and
 * what was found; `hint` says what to do about it.
 */
export class XfdnnError extends Error {
  readonly code: ErrorCode;
  readonly where: string;
  readonly detail: string;
  readonly hint: string;

  constructor(code: ErrorCode, where: string, detail: string, hint = '') {
    super([where === '' ? detail : `${where}: ${detail}`, hint].filter((part) => part !== '').join(' '));
    this.name = 'XfdnnError';
    this.code = code;
    this.where = where;
    this.detail = detail;
    this.hint = hint;
  }

  /** The same error with `where` put before its own place, as it travels outwards (file before layer). */
  within(where: string): XfdnnError {
    return new XfdnnError(this.code, this.where === '' ? where : `${where}: ${this.where}`, this.detail, this.hint);
  }
}

/** Throws an {@link XfdnnError}; an expression of type `never`, so it can end a conditional. */
export function fail(code: ErrorCode, where: string, detail: string, hint = ''): never {
  throw new XfdnnError(code, where, detail, hint);
}

/** The value. Throws `internal` where it is undefined: what the caller relies on does not hold. `what` names it: "an input of node 3". */
export function required<T>(value: T | undefined, where: string, what: string): T {
  return value ?? fail('internal', where, `expected ${what}, got none.`);
}

/** What was thrown, with `where` put before it where it is an error of ours that names no place. */
export function placed(error: unknown, where: () => string): unknown {
  return error instanceof XfdnnError && error.where === '' ? error.within(where()) : error;
}
