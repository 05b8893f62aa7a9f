type Schema = Record<string, any>;

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
};
const ANNOTATIONS = ['$schema', '$defs', 'title', 'description'];

/** What of a value breaks a JSON Schema, as `path: keyword`. Knows the keywords of our schema; throws for any other. */
export function violations(schema: Schema, value: any, root: Schema = schema, path = '$'): string[] {
  const inside = (one: Schema, item: unknown, at: string): string[] => violations(one, item, root, at);
  const broken = (holds: boolean, keyword: string): string[] => (holds ? [] : [`${path}: ${keyword}`]);
  const keywords: Record<string, (argument: any) => string[]> = {
    $ref: (ref: string) =>
      inside(
        ref
          .split('/')
          .slice(1)
          .reduce((at, key) => at[key], root),
        value,
        path,
      ),
    type: (type: string | string[]) =>
      broken(
        [type].flat().some((one) => TYPES[one]!(value)),
        'type',
      ),
    additionalProperties: (rest: Schema | boolean) =>
      Object.keys(Object(value)).flatMap((key) => {
        if (key in (schema['properties'] ?? {})) return [];
        return typeof rest === 'boolean'
          ? broken(rest, `additionalProperties ${key}`)
          : inside(rest, value[key], `${path}.${key}`);
      }),
    enum: (list: unknown[]) => broken(list.includes(value), 'enum'),
    minimum: (least: number) => broken(!(value < least), 'minimum'),
    maximum: (most: number) => broken(!(value > most), 'maximum'),
    minLength: (least: number) => broken(typeof value !== 'string' || value.length >= least, 'minLength'),
    minItems: (least: number) => broken(!Array.isArray(value) || value.length >= least, 'minItems'),
    items: (item: Schema) =>
      Array.isArray(value) ? value.flatMap((one, i) => inside(item, one, `${path}[${i}]`)) : [],
    required: (keys: string[]) => keys.flatMap((key) => broken(key in Object(value), `required ${key}`)),
    properties: (properties: Schema) =>
      Object.keys(properties).flatMap((key) =>
        key in Object(value) ? inside(properties[key], value[key], `${path}.${key}`) : [],
      ),
    dependentRequired: (wanted: Record<string, string[]>) =>
      Object.entries(wanted).flatMap(([key, others]) =>
        key in Object(value)
          ? others.flatMap((other) => broken(other in Object(value), `dependentRequired ${other}`))
          : [],
      ),
  };
  return Object.entries(schema).flatMap(([keyword, argument]) => {
    if (ANNOTATIONS.includes(keyword)) return [];
    const check = keywords[keyword];
    if (check === undefined) throw new Error(`${path}: the checker does not know the keyword ${keyword}`);
    return check(argument);
  });
}
