import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../support.js';

/** How a command writes infinite numbers: as the words `Infinity` and `-Infinity`, or as null. */
type Infinities = 'word' | 'null';

/** The file in docs/schemas/ of each type of outputs.ts. */
const SCHEMAS: Readonly<Record<string, { readonly type: string; readonly infinity: Infinities }>> = {
  quantize: { type: 'Quantize', infinity: 'word' },
  'quantize-dry-run': { type: 'QuantizeDryRun', infinity: 'null' },
  verify: { type: 'Verify', infinity: 'word' },
  'verify-dumps': { type: 'VerifyDumps', infinity: 'word' },
  run: { type: 'Run', infinity: 'null' },
  inspect: { type: 'Inspect', infinity: 'null' },
  'inspect-plan': { type: 'InspectPlan', infinity: 'null' },
  check: { type: 'Check', infinity: 'null' },
  compare: { type: 'Compare', infinity: 'null' },
  rescale: { type: 'Rescale', infinity: 'null' },
  sensitivity: { type: 'Sensitivity', infinity: 'null' },
  advise: { type: 'Advise', infinity: 'null' },
  doctor: { type: 'Doctor', infinity: 'null' },
  export: { type: 'Export', infinity: 'null' },
  error: { type: 'Failure', infinity: 'null' },
  manifest: { type: 'Manifest', infinity: 'null' },
  'kit-network': { type: 'KitNetwork', infinity: 'null' },
  'kit-traces': { type: 'KitTraces', infinity: 'null' },
};

/** A JSON Schema, or a part of one. */
type Schema = Readonly<Record<string, unknown>>;

/** The text of every file of docs/schemas/ by its name, from the types of the results. */
export function schemaTexts(): Map<string, string> {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const path = join(root, 'test/schemas/outputs.ts');
  const program = ts.createProgram([path], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)!;
  const types = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
  return new Map(
    Object.entries(SCHEMAS).map(([name, { type, infinity }]) => {
      const schema = new SchemaWriter(checker, infinity).write(`xfdnn ${name}`, types.get(type)!);
      return [name, `${JSON.stringify(schema, null, 2)}\n`];
    }),
  );
}

const NUMBERS: Readonly<Record<Infinities, Schema>> = {
  word: { anyOf: [{ type: 'number' }, { enum: ['Infinity', '-Infinity'] }] },
  null: { type: ['number', 'null'] },
};

/** Writes types as the JSON that `JSON.stringify` makes of their values. */
class SchemaWriter {
  private readonly definitions: Record<string, Schema> = {};
  private readonly names = new Map<ts.Symbol, string>();

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly infinity: Infinities,
  ) {}

  write(title: string, symbol: ts.Symbol): Schema {
    const schema = this.object(this.checker.getDeclaredTypeOfSymbol(symbol));
    const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...this.description(symbol) };
    return { ...head, ...schema, $defs: this.definitions };
  }

  private of(type: ts.Type): Schema {
    const { checker } = this;
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (type.isUnion()) return this.union(type.types);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === 'true' };
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (type.flags & ts.TypeFlags.NumberLike) return NUMBERS[this.infinity];
    if (checker.isTupleType(type) || checker.isArrayType(type)) {
      const items = checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: this.union(items) };
    }
    return this.named(type);
  }

  private union(types: readonly ts.Type[]): Schema {
    const parts = types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined)).map((type) => this.of(type));
    const values = parts.flatMap((part) => ('const' in part ? [part['const']] : []));
    const others = parts.filter((part) => !('const' in part));
    const all = values.length === 0 ? others : [valuesOf(values), ...others];
    const distinct = [...new Map(all.map((part) => [JSON.stringify(part), part])).values()];
    return distinct.length === 1 ? distinct[0]! : { anyOf: distinct };
  }

  /** An interface by its name, defined once; other objects where they stand. */
  private named(type: ts.Type): Schema {
    const symbol = type.getSymbol();
    if (symbol === undefined || !(symbol.flags & ts.SymbolFlags.Interface)) return this.object(type);
    // Typed arrays are objects with a number for each element.
    if (/^(Float|Int|Uint)\d+Array$/.test(symbol.name)) return { type: 'object' };
    const known = this.names.get(symbol);
    if (known !== undefined) return { $ref: `#/$defs/${known}` };
    const name = symbol.name in this.definitions ? `${symbol.name}${this.names.size}` : symbol.name;
    this.names.set(symbol, name);
    this.definitions[name] = {};
    this.definitions[name] = { ...this.description(symbol), ...this.object(type) };
    return { $ref: `#/$defs/${name}` };
  }

  private object(type: ts.Type): Schema {
    if (type.isUnion()) return this.union(type.types);
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const symbol of this.checker.getPropertiesOfType(type)) {
      const own = this.checker.getTypeOfSymbol(symbol);
      if (own.getCallSignatures().length > 0) continue;
      const parts = own.isUnion() ? own.types : [own];
      const isOptional =
        symbol.flags & ts.SymbolFlags.Optional || parts.some(({ flags }) => flags & ts.TypeFlags.Undefined);
      if (!isOptional) required.push(symbol.name);
      properties[symbol.name] = { ...this.description(symbol), ...this.of(own) };
    }
    const index = this.checker.getIndexTypeOfType(type, ts.IndexKind.String);
    const additionalProperties = index === undefined ? false : this.of(index);
    return { type: 'object', properties, required, additionalProperties };
  }

  private description(symbol: ts.Symbol): Schema {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.checker)).replaceAll(/\s+/g, ' ').trim();
    return text === '' ? {} : { description: text };
  }
}

function valuesOf(values: readonly unknown[]): Schema {
  if (values.length === 2 && values.includes(true) && values.includes(false)) return { type: 'boolean' };
  return { enum: values };
}
