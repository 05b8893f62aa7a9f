/** Changes of `src/fixed` that no test can notice, as `file: changed line`, each with the reason. */
export const equivalents: ReadonlyMap<string, string> = new Map([]);
