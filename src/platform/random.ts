/** `words` random 32-bit words as lower-case hexadecimal digits, for names of temporary files. */
export function randomHex(words: number): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(words)), (word) => word.toString(16)).join('');
}
