import type { Field, Type } from 'protobufjs';
import { appendTo } from '../append-to.js';
import { fail, XfdnnError } from '../error.js';
import type { Message } from './schema.js';
import { enumType, messageType } from './schema.js';
import { scalar } from './text-scalars.js';
import type { Position, Token } from './text-tokens.js';
import { tokenize } from './text-tokens.js';

/** The result of {@link parseMessage}. */
export interface ParsedText {
  readonly message: Message;
  /** Position of a message of the result: that of its field's name, the text's start for the outermost message. */
  positionOf(message: object): Position;
  /** One line for each kind of field that was skipped because the schema does not know it. */
  readonly warnings: readonly string[];
  /** The findings about fields of a message of the result, at any depth. */
  findingsIn(message: object): readonly Finding[];
}

/** A field that was skipped. */
export interface Finding {
  /** `unknown`: the schema lacks the field. `invalid`: a scalar given twice (the first counts) or of the wrong kind. */
  readonly kind: 'unknown' | 'invalid';
  readonly field: string;
  /** Name of the message type. */
  readonly type: string;
  readonly position: Position;
  /** The error of an invalid field. */
  readonly error?: XfdnnError;
}

/** Options of {@link parseMessage}. */
export interface TextOptions {
  /** Names the source in messages, usually the file. */
  readonly where: string;
  /** Unknown fields that are skipped without a warning. */
  readonly ignore?: ReadonlySet<string>;
  /**
   * A scalar in a nested message that is given twice or has the wrong kind becomes a {@link Finding} instead of an
   * error: the caller throws its error if it uses the message.
   */
  readonly lenient?: boolean;
  /** Enum fields, `V1LayerParameter.type`, whose words and numbers need not be in the schema; unknown ones are kept as text. */
  readonly openEnums?: ReadonlySet<string>;
}

/**
 * Parses the protobuf text format against a message type: comments, `name { }` and `name: { }`, `< >`, lists, enums
 * by name or number, hex and octal integers, `inf`, `nan`, floats ending in f (rounded to float32 once), escapes, adjacent
 * strings joined, `;` and `,` as separators. Repeated fields become arrays, enums names. Fields unknown to the schema,
 * extensions and Any values are skipped, with any content. Throws `format` with line and column for a scalar given
 * twice, a value of the wrong kind and broken syntax.
 */
export function parseMessage(type: Type, text: string, options: TextOptions): ParsedText {
  const parser = new Parser(tokenize(text, options.where), options);
  const message = parser.fields(type, {}, null, 0);
  return {
    message,
    positionOf: (inner) => parser.positions.get(inner) ?? { line: 1, column: 1 },
    warnings: parser.warnings(),
    findingsIn: (inner) => parser.findings.get(inner) ?? [],
  };
}

const maximalDepth = 64;

const endOfText: Token = { kind: 'end', value: '', line: 1, column: 1 };

class Parser {
  readonly positions = new Map<object, Position>();
  readonly findings = new Map<object, Finding[]>();
  /** The nested messages around the current token, outermost first. */
  private readonly open: object[] = [];
  private readonly skipped = new Map<string, { first: Token; count: number }>();
  /** For each message the token of each singular scalar, so that an error can name both positions. */
  private readonly given = new Map<object, Map<string, Token>>();
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly options: TextOptions,
  ) {}

  /** Fields up to `close` (null: the end of the text), which is left to the caller. */
  fields(type: Type, target: Message, close: string | null, depth: number): Message {
    if (depth > maximalDepth) this.fail(this.peek(), 'messages are nested too deeply.');
    for (;;) {
      const token = this.peek();
      if (token.kind === 'end' ? close === null : token.value === close && token.kind === 'symbol') return target;
      if (token.kind === 'end')
        this.fail(token, `expected "${close}" to close this ${type.name}, got the end of the text.`);
      this.field(type, target, depth);
      while (this.accept(';') || this.accept(','));
    }
  }

  warnings(): string[] {
    return Array.from(this.skipped, ([name, { first, count }]) => {
      const more = count > 1 ? ` (and ${count - 1} more like it)` : '';
      return `${this.options.where}:${first.line}:${first.column}: unknown field ${name} skipped${more}.`;
    });
  }

  private field(type: Type, target: Message, depth: number): void {
    const token = this.take();
    if (token.kind === 'symbol' && token.value === '[') return this.extension(token, type);
    if (token.kind !== 'word')
      this.fail(
        token,
        `expected a field of ${type.name}, got ${show(token)}.`,
        token.value === '}' ? 'A "}" before it closes too much.' : '',
      );
    const field = Object.hasOwn(type.fields, token.value) ? type.fields[token.value] : undefined;
    if (field === undefined) return this.unknown(token, type);
    const nested = messageType(field);
    if (nested !== null) return this.messages(field, nested, token, target, depth);
    if (!this.accept(':')) this.fail(this.peek(), `expected ":" after ${field.name}, got ${show(this.peek())}.`);
    if (field.repeated)
      return this.list(() =>
        this.attempt(type, field, token, () => append(target, field.name, this.scalar(type, field))),
      );
    this.attempt(type, field, token, () => {
      const value = this.scalar(type, field);
      this.once(target, field, token);
      target[field.name] = value;
    });
  }

  /** Reads a field. In a nested message of a lenient parse, an error about its value becomes a finding. */
  private attempt(type: Type, field: Field, token: Token, read: () => void): void {
    try {
      read();
    } catch (error) {
      const deferrable = this.options.lenient === true && this.open.length > 0 && error instanceof ValueError;
      if (!deferrable) throw error;
      this.find({ kind: 'invalid', field: field.name, type: type.name, position: token, error });
    }
  }

  private find(finding: Finding): void {
    for (const message of this.open) appendTo(this.findings, message, finding);
  }

  private once(target: Message, field: Field, token: Token): void {
    const given = this.given.get(target) ?? new Map<string, Token>();
    this.given.set(target, given);
    const first = given.get(field.name);
    if (first !== undefined)
      this.failValue(
        token,
        `${field.name} is given a second time; the first is on line ${first.line}.`,
        'Remove one of them.',
      );
    given.set(field.name, token);
  }

  private messages(field: Field, type: Type, token: Token, target: Message, depth: number): void {
    const colon = this.accept(':');
    const one = (): void => {
      const inner = field.repeated ? {} : ((target[field.name] as Message | undefined) ?? {});
      if (!this.positions.has(inner)) this.positions.set(inner, token);
      const open = this.take();
      const close = open.kind === 'symbol' ? closers[open.value] : undefined;
      if (close === undefined || open.value === '[')
        this.fail(open, `expected "{" after ${field.name}, got ${show(open)}.`);
      this.open.push(inner);
      this.fields(type, inner, close, depth + 1);
      this.open.pop();
      this.at++;
      if (field.repeated) append(target, field.name, inner);
      else target[field.name] = inner;
    };
    if (colon && field.repeated) this.list(one);
    else one();
  }

  /** `one` value, or several in square brackets. */
  private list(one: () => void): void {
    if (!this.accept('[')) return one();
    if (this.accept(']')) return;
    do one();
    while (this.accept(','));
    this.expect(']');
  }

  private scalar(type: Type, field: Field): unknown {
    const sign = this.accept('-') ? '-' : '';
    const token = this.take();
    let value = token.value;
    if (token.kind === 'string') while (this.peek().kind === 'string') value += this.take().value;
    if (this.isOpen(type, field, token)) return value;
    return scalar(field, enumType(field), token.kind, sign + value, (expected) => {
      const got =
        token.kind === 'symbol' || token.kind === 'end'
          ? show(token)
          : token.kind === 'string'
            ? JSON.stringify(value)
            : sign + value;
      const detail = `expected ${expected} for ${field.name}, got ${got}.`;
      if (token.kind === 'symbol' || token.kind === 'end') this.fail(token, detail);
      this.failValue(token, detail);
    });
  }

  /** Whether a token names a value that an open enum does not have. */
  private isOpen(type: Type, field: Field, { kind, value }: Token): boolean {
    const names = enumType(field);
    if (names === null || this.options.openEnums?.has(`${type.name}.${field.name}`) !== true) return false;
    if (kind === 'word') return !Object.hasOwn(names.values, value);
    return kind === 'number' && names.valuesById[Number(value)] === undefined;
  }

  private extension(open: Token, type: Type): void {
    let name = '';
    while (this.peek().kind !== 'end' && this.peek().value !== ']') name += this.take().value;
    this.expect(']');
    this.note(open, `[${name}] of ${type.name}`);
    this.skipValue(open);
  }

  private unknown(token: Token, type: Type): void {
    if (this.options.ignore?.has(token.value) !== true) {
      this.note(token, `${token.value} of ${type.name}`);
      this.find({ kind: 'unknown', field: token.value, type: type.name, position: token });
    }
    this.skipValue(token);
  }

  private note(token: Token, name: string): void {
    const known = this.skipped.get(name);
    if (known === undefined) this.skipped.set(name, { first: token, count: 1 });
    else known.count++;
  }

  /** Skips the value of a field without a schema: a scalar, strings, a message or a list. */
  private skipValue(name: Token): void {
    const colon = this.accept(':');
    const token = this.peek();
    if (token.kind === 'symbol' && closers[token.value] !== undefined && (colon || token.value !== '['))
      return this.skipBlock();
    if (!colon) this.fail(token, `expected ":" or "{" after ${name.value}, got ${show(token)}.`);
    this.accept('-');
    const value = this.take();
    if (value.kind === 'symbol' || value.kind === 'end')
      this.fail(value, `expected a value for ${name.value}, got ${show(value)}.`);
    if (value.kind === 'string') while (this.peek().kind === 'string') this.at++;
  }

  private skipBlock(): void {
    const open: Token[] = [];
    do {
      const token = this.take();
      if (token.kind === 'end')
        this.fail(open.at(-1)!, `expected "${closers[open.at(-1)!.value]}" to close this, got the end of the text.`);
      if (token.kind !== 'symbol') continue;
      if (closers[token.value] !== undefined) open.push(token);
      else if (Object.values(closers).includes(token.value)) {
        const close = closers[open.pop()!.value];
        if (close !== token.value) this.fail(token, `expected "${close}", got ${show(token)}.`);
      }
    } while (open.length > 0);
  }

  private peek(): Token {
    return this.tokens[this.at] ?? endOfText;
  }

  private take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }

  private accept(symbol: string): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || token.value !== symbol) return false;
    this.at++;
    return true;
  }

  private expect(symbol: string): void {
    if (!this.accept(symbol)) this.fail(this.peek(), `expected "${symbol}", got ${show(this.peek())}.`);
  }

  private fail(at: Position, detail: string, hint = ''): never {
    fail('format', this.where(at), detail, hint);
  }

  /** An error about a value whose tokens have all been read: the text after it can be parsed. */
  private failValue(at: Position, detail: string, hint = ''): never {
    throw new ValueError('format', this.where(at), detail, hint);
  }

  private where({ line, column }: Position): string {
    return `${this.options.where}:${line}:${column}`;
  }
}

class ValueError extends XfdnnError {}

const closers: Readonly<Record<string, string>> = { '{': '}', '<': '>', '[': ']' };

function show(token: Token): string {
  if (token.kind === 'end') return 'the end of the text';
  return token.kind === 'string' ? 'a string' : `"${token.value}"`;
}

function append(target: Message, name: string, value: unknown): void {
  const list = target[name];
  if (Array.isArray(list)) list.push(value);
  else target[name] = [value];
}
