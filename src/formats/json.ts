import { fail } from '../error.js';

/** A JSON value with the offset `at` of its text and, for a number, its spelling. */
export type Json =
  | {
      readonly kind: 'object';
      readonly at: number;
      readonly members: ReadonlyMap<string, Json>;
      readonly repeated: readonly string[];
    }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly Json[] }
  | { readonly kind: 'number'; readonly at: number; readonly value: number; readonly text: string }
  | { readonly kind: 'string'; readonly at: number; readonly value: string }
  | { readonly kind: 'literal'; readonly at: number; readonly value: boolean | null };

const DEEPEST = 64;
const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_+-][\w.+-]*|./suy;
const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Reads JSON text by RFC 8259; a byte order mark may precede it. Unlike JSON.parse it keeps the spelling of numbers
 * (`151` or `151.0`). Of a repeated key the last one counts; `repeated` names it. Throws `format` with
 * `name:line:column`.
 */
export function readJson(text: string, name: string): Json {
  return new Reader(text, name).document();
}

/** `line:column` of an offset, both from 1. */
export function positionIn(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

class Reader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly name: string,
  ) {}

  document(): Json {
    if (this.text.charCodeAt(0) === 0xfeff) this.at = 1;
    const value = this.value(0);
    this.space();
    return this.at === this.text.length ? value : this.wrong('the end of the file');
  }

  private value(depth: number): Json {
    this.space();
    const at = this.at;
    if (depth > DEEPEST) this.wrong(`at most ${DEEPEST} nested lists and objects`);
    const first = this.text[at];
    if (first === '{') return this.object(depth);
    if (first === '[') return { kind: 'list', at, items: this.list(depth) };
    if (first === '"') return { kind: 'string', at, value: this.string() };
    const number = this.match(NUMBER);
    if (number !== '') return { kind: 'number', at, value: Number(number), text: number };
    const word = this.peek();
    const value = LITERALS.get(word);
    if (value === undefined) this.wrong('a value');
    this.at += word.length;
    return { kind: 'literal', at, value };
  }

  private object(depth: number): Json {
    const at = this.at;
    const members = new Map<string, Json>();
    const repeated: string[] = [];
    this.sequence('}', () => {
      this.space();
      if (this.text[this.at] !== '"') this.wrong('a key in double quotes');
      const key = this.string();
      this.expect(':');
      if (members.has(key)) repeated.push(key);
      members.set(key, this.value(depth + 1));
    });
    return { kind: 'object', at, members, repeated };
  }

  private list(depth: number): Json[] {
    const items: Json[] = [];
    this.sequence(']', () => items.push(this.value(depth + 1)));
    return items;
  }

  /** The items between an opening bracket and `end`, separated by commas. */
  private sequence(end: string, item: () => void): void {
    this.at++;
    this.space();
    if (this.text[this.at] === end) {
      this.at++;
      return;
    }
    for (;;) {
      item();
      this.space();
      if (this.text[this.at] === end) break;
      if (this.text[this.at] !== ',') this.wrong(`"," or "${end}"`);
      this.at++;
    }
    this.at++;
  }

  private string(): string {
    const start = this.at;
    let end = start + 1;
    for (let next = this.text.charAt(end); next >= ' ' && next !== '"'; next = this.text.charAt(end))
      end += next === '\\' ? 2 : 1;
    try {
      const value = JSON.parse(this.text.slice(start, end + 1)) as string;
      this.at = end + 1;
      return value;
    } catch {
      return this.wrong('a string on one line, closed by a double quote, with valid escapes');
    }
  }

  private expect(mark: string): void {
    this.space();
    if (this.text[this.at] !== mark) this.wrong(`"${mark}"`);
    this.at++;
  }

  private space(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private peek(): string {
    WORD.lastIndex = this.at;
    return WORD.exec(this.text)?.[0] ?? '';
  }

  private wrong(expected: string): never {
    const found = this.peek();
    const got = found === '' ? 'the end of the file' : JSON.stringify(found.slice(0, 40));
    return fail(
      'format',
      `${this.name}:${positionIn(this.text, this.at)}`,
      `expected ${expected}, got ${got}.`,
      found === ''
        ? 'The file may be truncated.'
        : this.text.slice(0, this.at).trim() === ''
          ? 'This is no JSON file.'
          : '',
    );
  }
}
