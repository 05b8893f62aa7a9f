import type { Type } from 'protobufjs';
import { caffeProto } from '../formats/generated/protos.js';
import { messageType, parseSchema } from '../formats/schema.js';

/** The message of a prototxt or caffemodel. */
export const netType = (): Type => parseSchema(caffeProto).lookupType('caffe.NetParameter');

/** The message of one layer in today's form. */
const layerType = (): Type => parseSchema(caffeProto).lookupType('caffe.LayerParameter');

/** The message type of a layer's parameter field (`convolution_param`), undefined if the schema has none. */
export function paramType(field: string): Type | undefined {
  const { fields } = layerType();
  const found = Object.hasOwn(fields, field) ? fields[field] : undefined;
  return found === undefined ? undefined : (messageType(found) ?? undefined);
}
