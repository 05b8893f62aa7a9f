/** A result as indented JSON. Infinities become null, as JSON has none. */
export function jsonText(result: unknown): string {
  return `${quoted(JSON.stringify(result, null, 2))}\n`;
}

/** A result as indented JSON, infinite numbers as the words `Infinity` and `-Infinity`. */
export function jsonTextWithInfinities(result: unknown): string {
  const replacer = (_key: string, value: unknown): unknown =>
    value === Infinity || value === -Infinity ? String(value) : value;
  return `${quoted(JSON.stringify(result, replacer, 2))}\n`;
}

/** JSON with the characters that it leaves as they are and a terminal obeys (U+007F to U+009F, directions of text) in its form for others. */
function quoted(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
