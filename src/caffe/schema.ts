import type { Type } from 'protobufjs';
import { caffeProto } from '../formats/generated/protos.js';
import { messageType, parseSchema } from '../formats/schema.js';

const root = parseSchema(caffeProto);

/** The message of a prototxt or caffemodel. */
export const netType: Type = root.lookupType('caffe.NetParameter');

/** The message of one layer in today's form. */
const layerType: Type = root.lookupType('caffe.LayerParameter');

/** The message type of a layer's parameter field (`convolution_param`), undefined if the schema has none. */
export function paramType(field: string): Type | undefined {
  const found = Object.hasOwn(layerType.fields, field) ? layerType.fields[field] : undefined;
  return found === undefined ? undefined : (messageType(found) ?? undefined);
}
