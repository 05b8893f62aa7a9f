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

/** JSON with the control characters that it leaves as they are (U+007F to U+009F) in its own form for others. */
function quoted(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
