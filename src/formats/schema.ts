import type { Enum, Field, Root, Type } from 'protobufjs';
import protobuf from 'protobufjs';

/** A message as plain data: present fields only, repeated ones as arrays (typed arrays for packed floats of a binary file), enums by name. */
export interface Message {
  [field: string]: unknown;
}

const parsed = new Map<string, Root>();

/** The messages of a `.proto` text, names as written. A text is parsed at its first call. */
export function parseSchema(proto: string): Root {
  const known = parsed.get(proto);
  if (known !== undefined) return known;
  const { root } = protobuf.parse(proto, { keepCase: true });
  root.resolveAll();
  parsed.set(proto, root);
  return root;
}

/** The message type of a field, or null if it holds scalars. */
export function messageType(field: Field): Type | null {
  return field.resolvedType instanceof protobuf.Type ? field.resolvedType : null;
}

/** The enum of a field, or null. */
export function enumType(field: Field): Enum | null {
  return field.resolvedType instanceof protobuf.Enum ? field.resolvedType : null;
}

const defaults = new WeakMap<Type, Message>();

/**
 * A copy of `message` in which every absent field of `type` has its default: scalars that of the schema
 * (0, '' or false if it states none; floats rounded to float32), enums by name, repeated fields `[]`, messages
 * their own defaults. `type` must not contain itself.
 */
export function withDefaults(type: Type, message: Message | undefined): Record<string, any> {
  if (message === undefined) return { ...defaultsOf(type) };
  const result: Record<string, any> = { ...defaultsOf(type), ...message };
  for (const [name, value] of Object.entries(message)) {
    const field = type.fields[name];
    const nested = field === undefined ? null : messageType(field);
    if (nested !== null)
      result[name] = Array.isArray(value)
        ? value.map((item) => withDefaults(nested, item))
        : withDefaults(nested, value as Message);
  }
  return result;
}

function defaultsOf(type: Type): Message {
  let result = defaults.get(type);
  if (result === undefined) {
    result = Object.freeze(Object.fromEntries(type.fieldsArray.map((field) => [field.name, defaultOf(field)])));
    defaults.set(type, result);
  }
  return result;
}

function defaultOf(field: Field): unknown {
  if (field.repeated) return [];
  const nested = messageType(field);
  if (nested !== null) return defaultsOf(nested);
  const names = enumType(field);
  if (names !== null) return names.valuesById[field.defaultValue];
  if (field.type === 'float') return Math.fround(field.defaultValue);
  return typeof field.defaultValue === 'object' && field.defaultValue !== null
    ? Number(field.defaultValue)
    : field.defaultValue;
}
