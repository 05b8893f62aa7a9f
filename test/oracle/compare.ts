import * as assert from 'uvu/assert';

type Entries = readonly { readonly name: string }[];

/** Same entries in the same order: whole numbers equal, thresholds and scale factors within relative 1e-9. */
export function assertEntries(actual: Entries, expected: Entries, where: string): void {
  assert.equal(
    actual.map(({ name }) => name),
    expected.map(({ name }) => name),
    `${where}: entries`,
  );
  expected.forEach((entry, i) => {
    const other = actual[i] as Record<string, unknown>;
    assert.equal(Object.keys(other).sort(), Object.keys(entry).sort(), `${where}: keys of ${entry.name}`);
    for (const [key, value] of Object.entries(entry))
      assertNumbers(
        [other[key]].flat(),
        [value].flat(),
        /^(th|sf)_/.test(key) ? 1e-9 : 0,
        `${where}: ${entry.name}.${key}`,
      );
  });
}

function assertNumbers(
  actual: readonly unknown[],
  expected: readonly unknown[],
  tolerance: number,
  where: string,
): void {
  assert.is(actual.length, expected.length, `${where}: length`);
  expected.forEach((value, i) => {
    const same =
      actual[i] === value ||
      Math.abs((actual[i] as number) - (value as number)) <= tolerance * Math.abs(value as number);
    assert.ok(same, `${where}[${i}]: ${String(value)} against ${String(actual[i])}`);
  });
}
