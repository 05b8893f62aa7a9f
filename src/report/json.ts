/** A result as indented JSON. Infinities become null, as JSON has none. */
export function jsonText(result: unknown): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/** A result as indented JSON, infinite numbers as the words `Infinity` and `-Infinity`. */
export function jsonTextWithInfinities(result: unknown): string {
  const replacer = (_key: string, value: unknown): unknown =>
    value === Infinity || value === -Infinity ? String(value) : value;
  return `${JSON.stringify(result, replacer, 2)}\n`;
}
