/** `deploy_model` as `deployModel`. */
type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** Flags of the command line under the library's names: the same values, keys in camelCase. */
export type OptionsOf<Flags> = { readonly [Key in keyof Flags as CamelCase<Key & string>]: Flags[Key] };

/** Renames the flags of a job to the options of the library: `power_of_two` becomes `powerOfTwo`. */
export function optionsOf<Flags extends object>(flags: Flags): OptionsOf<Flags> {
  const entries = Object.entries(flags).map(([name, value]) => [camelCase(name), value]);
  return Object.fromEntries(entries) as OptionsOf<Flags>;
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
