/** `words` random 32-bit words as eight lower-case hexadecimal digits each, for names of temporary files. */
export function randomHex(words: number): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(words)), (word) => word.toString(16).padStart(8, '0')).join(
    '',
  );
}
