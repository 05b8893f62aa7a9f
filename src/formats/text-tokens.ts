import { fail } from '../error.js';

/** A position in a text. Line and column count from 1; a tab is one column. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One token of the protobuf text format. `value` of a string is its decoded text, one character per byte. */
export interface Token extends Position {
  readonly kind: 'word' | 'number' | 'string' | 'symbol' | 'end';
  readonly value: string;
}

const space = /[ \t\r\n\v\f]+|#[^\n]*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
// A sign is a symbol of its own: the format allows space after it.
const number = /0[xX][0-9A-Fa-f]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fF]?/y;
const symbols = '{}<>[]:;,-./';

/** Splits a protobuf text into tokens, the last of kind `end`. Throws `format` with line and column where no token fits. */
export function tokenize(text: string, where: string): Token[] {
  return new Tokenizer(text, where).run();
}

class Tokenizer {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private readonly tokens: Token[] = [];

  constructor(
    private readonly text: string,
    private readonly where: string,
  ) {
    if (text.charCodeAt(0) === 0xfeff) this.at = this.lineStart = 1;
  }

  run(): Token[] {
    for (;;) {
      this.skipSpace();
      if (this.at >= this.text.length) break;
      this.next();
    }
    this.push('end', '');
    return this.tokens;
  }

  private next(): void {
    const character = this.text.charAt(this.at);
    if (character === '"' || character === "'") return this.string(character);
    if (this.match('word', word)) return;
    if (this.match('number', number)) return this.afterNumber();
    if (!symbols.includes(character)) this.fail(`unexpected character ${JSON.stringify(character)}.`);
    this.push('symbol', character);
    this.at++;
  }

  private skipSpace(): void {
    for (;;) {
      space.lastIndex = this.at;
      const found = space.exec(this.text);
      if (found === null) return;
      this.advance(found[0]);
    }
  }

  private advance(passed: string): void {
    for (let index = passed.indexOf('\n'); index >= 0; index = passed.indexOf('\n', index + 1)) {
      this.line++;
      this.lineStart = this.at + index + 1;
    }
    this.at += passed.length;
  }

  private match(kind: Token['kind'], pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return false;
    this.push(kind, found[0]);
    this.at += found[0].length;
    return true;
  }

  private afterNumber(): void {
    word.lastIndex = this.at;
    const tail = word.exec(this.text);
    if (tail !== null)
      this.fail(`expected a space after the number ${this.tokens.at(-1)!.value}, got ${JSON.stringify(tail[0])}.`);
  }

  private string(quote: string): void {
    const from = this.at + 1;
    let end = from;
    while (this.text[end] !== quote) {
      if (end >= this.text.length || this.text[end] === '\n')
        this.fail('this string has no closing quote on its line.');
      end += this.text[end] === '\\' ? 2 : 1;
    }
    this.push(
      'string',
      unescaped(this.text.slice(from, end), (detail) => this.fail(detail)),
    );
    this.at = end + 1;
  }

  private push(kind: Token['kind'], value: string): void {
    this.tokens.push({ kind, value, line: this.line, column: this.at - this.lineStart + 1 });
  }

  private fail(detail: string): never {
    fail('format', `${this.where}:${this.line}:${this.at - this.lineStart + 1}`, detail);
  }
}

const simpleEscapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '?': 63,
};
const escapeSequence = /\\(?:([0-7]{1,3})|[xX]([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([\s\S]))/g;
const utf8 = new TextEncoder();

/** The bytes that a quoted string denotes, one character each: octal and hex escapes are bytes, everything else UTF-8. */
function unescaped(source: string, wrong: (detail: string) => never): string {
  const text = byteString(source);
  if (!text.includes('\\')) return text;
  return text.replace(escapeSequence, (whole, octal, hex, short, long, simple) => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 255);
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
    const point = parseInt(short ?? long ?? '', 16);
    if (!Number.isNaN(point))
      return point <= 0x10ffff
        ? byteString(String.fromCodePoint(point))
        : wrong(`the escape ${whole} is no Unicode character.`);
    const byte = simpleEscapes[simple] ?? wrong(`unknown escape ${JSON.stringify(whole)} in a string.`);
    return String.fromCharCode(byte);
  });
}

function byteString(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  return Array.from(utf8.encode(text), (byte) => String.fromCharCode(byte)).join('');
}
