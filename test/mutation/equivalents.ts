/** Changes of `src/fixed` that no test can notice, as `file: changed line`, each with the reason. */
export const equivalents: ReadonlyMap<string, string> = new Map([
  ['rounding.ts: return (x <= 0 ? -rounded : rounded) + 0;', 'at 0 both give 0: adding 0 makes -0 to 0'],
  ['rounding.ts: return x < lo ? lo : x >= hi ? hi : x;', 'at the limit the value is the limit'],
  ['rounding.ts: return x <= lo ? lo : x > hi ? hi : x;', 'at the limit the value is the limit'],
  [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of source text
    "inter-layer.ts: if (bw === 8 && product > (32766)) fail('data', where, `expected a product within 16 bits, got ${product}.`);",
    'no code of 8 bits times a scale of at most 256 gives 32767',
  ],
  [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of source text
    "inter-layer.ts: if (bw === 8 && product >= 32767) fail('data', where, `expected a product within 16 bits, got ${product}.`);",
    'no code of 8 bits times a scale of at most 256 gives 32767',
  ],
]);
