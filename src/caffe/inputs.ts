import { fail, required } from '../error.js';
import type { Message } from '../formats/schema.js';
import { withDefaults } from '../formats/schema.js';
import type { Shape } from '../tensor.js';
import { formatShape } from '../tensor.js';
import { type Layer, madeLayer } from './layer.js';
import { paramType } from './schema.js';

/** Types of layers that read images and labels from a file or data base. */
export const dataTypes: ReadonlySet<string> = new Set([
  'Data',
  'ImageData',
  'MemoryData',
  'HDF5Data',
  'WindowData',
  'AnnotatedData',
]);

/** Whether a layer reads images and labels from a file or data base. Its first top is the image. */
export function isDataType(layer: Layer): boolean {
  return dataTypes.has(layer.type) || layer.isData === true;
}

/**
 * A data layer with its image as the first top. Where the order of the tops is free (HDF5 files, programs) the image is the
 * top that the user feeds, else the one named "data".
 */
export function imageFirst(layer: Layer, fed: string | undefined): Layer {
  const image = [fed, 'data'].find((name) => name !== undefined && layer.tops.includes(name));
  const isFree = layer.isData === true || layer.type === 'HDF5Data';
  if (!isFree || image === undefined) return layer;
  return { ...layer, tops: [image, ...layer.tops.filter((top) => top !== image)] };
}

/** Whether the values of a layer come from outside the network. */
export function isSource(layer: Layer): boolean {
  return isDataType(layer) || layer.type === 'Input' || layer.type === 'DummyData';
}

/**
 * One Input layer for each top of a source layer, with the shape that the file states or implies, without a shape if
 * it does neither.
 */
export function asInputs(layer: Layer): Layer[] {
  return layer.tops.map((top, index) => {
    const name = layer.tops.length === 1 ? layer.name : top;
    const input = inputLayer(name, top, declaredShape(layer, index), layer.where);
    return { ...input, source: { name: layer.name, type: layer.type } };
  });
}

/** One DummyData layer for each top of one, a constant of the network, with its shape and filler. A leading size that is the batch becomes 1. */
export function asConstants(layer: Layer, batch: number): Layer[] {
  const fillers = ((layer.message['dummy_data_param'] as Message | undefined)?.['data_filler'] ?? []) as Message[];
  return layer.tops.map((top, index) => {
    const name = layer.tops.length === 1 ? layer.name : top;
    const [first, ...sizes] = declaredShape(layer, index) ?? [];
    const shape = first === undefined ? [] : [{ dim: [first === batch ? 1 : first, ...sizes] }];
    const filler = fillers.length > 1 ? fillers[index] : fillers[0];
    const parameters = { dummy_data_param: { shape, data_filler: filler === undefined ? [] : [filler] } };
    return madeLayer('DummyData', { name, bottoms: [], tops: [top], where: layer.where }, parameters);
  });
}

/** The batch size that the first input or data layer states, 1 if it states none. */
export function declaredBatch(layers: readonly Layer[]): number {
  const source = layers.find((layer) => layer.type === 'Input' || isDataType(layer));
  if (source === undefined) return 1;
  if (source.type === 'Input') return declaredShape(source, 0)?.[0] || 1;
  const stated = Object.values(source.message).map((parameter) => (parameter as Message | null)?.['batch_size']);
  return Number(stated.find((size) => size !== undefined)) || 1;
}

/** An Input layer; a `shape` of null is not known yet. */
export function inputLayer(name: string, top: string, shape: Shape | null, where: string): Layer {
  const parameters = shape === null ? {} : { input_param: { shape: [{ dim: [...shape] }] } };
  return madeLayer('Input', { name, bottoms: [], tops: [top], where }, parameters);
}

/** The shape of an Input layer of {@link inputLayer}, null if none. */
export function inputShape(layer: Layer): Shape | null {
  return declaredShape(layer, 0);
}

function declaredShape(layer: Layer, index: number): Shape | null {
  const shape =
    layer.type === 'Input' || layer.type === 'DummyData'
      ? listedShape(layer, index)
      : index === 0
        ? imageShape(layer)
        : null;
  return shape !== null && shape.length > 0 && shape.slice(1).every((size) => Number.isInteger(size) && size > 0)
    ? shape
    : null;
}

function param(layer: Layer, field: string): Record<string, any> {
  return withDefaults(
    required(paramType(field), layer.where, `parameter message ${field}`),
    layer.message[field] as Message | undefined,
  );
}

/** Input and DummyData: a shape for each top, or one for all. */
function listedShape(layer: Layer, index: number): Shape | null {
  const values = param(layer, layer.type === 'Input' ? 'input_param' : 'dummy_data_param');
  const pick = (list: readonly any[]): any => {
    if (list.length > 1 && list.length !== layer.tops.length) {
      fail(
        'model',
        layer.where,
        `layer "${layer.name}" (${layer.type}): expected 1 or ${layer.tops.length} shapes for its tops, got ${list.length}.`,
      );
    }
    return list.length > 1 ? list[index] : list[0];
  };
  const shape = pick(values['shape']) as { dim: number[] } | undefined;
  if (shape !== undefined) return shape.dim;
  if (layer.type === 'Input' || values['channels'].length === 0) return null;
  return [pick(values['num']), pick(values['channels']), pick(values['height']), pick(values['width'])];
}

/** The image shape of a data layer: stated sizes, else crop or resize sizes with 3 channels (1 if grey). */
function imageShape(layer: Layer): Shape | null {
  const transform = param(layer, 'transform_param');
  const memory = param(layer, 'memory_data_param');
  if (layer.type === 'MemoryData') return cropped(memory['channels'], memory['height'], memory['width'], transform);
  const images = param(layer, 'image_data_param');
  const grey = transform['force_gray'] || (layer.type === 'ImageData' && !images['is_color']);
  const old =
    images['crop_size'] || param(layer, 'data_param')['crop_size'] || param(layer, 'window_data_param')['crop_size'];
  const resize = commonSize(transform['resize_param']);
  const [height, width] = [images['new_height'] || resize.height || old, images['new_width'] || resize.width || old];
  return cropped(grey ? 1 : 3, old || height, old || width, transform);
}

/** The size that all policies of a resize_param have in common, 0 x 0 if they differ or there are none. */
function commonSize(policies: readonly { height: number; width: number }[]): { height: number; width: number } {
  const [first, ...others] = policies;
  const same = others.every(({ height, width }) => height === first?.height && width === first?.width);
  return first !== undefined && same ? first : { height: 0, width: 0 };
}

function cropped(channels: number, height: number, width: number, transform: Record<string, any>): Shape {
  const crop = transform['crop_size'];
  return [1, channels, transform['crop_h'] || crop || height, transform['crop_w'] || crop || width];
}

/**
 * An Input layer resized to one image. `dims` replaces its other sizes (C, H, W for a declared N x C x H x W). Throws
 * `usage` where `dims` has another rank than the declared shape, `model` where neither gives a size.
 */
export function sizedInput(layer: Layer, dims: readonly number[] | undefined): Layer {
  const declared = inputShape(layer);
  const { name, type } = layer.source ?? layer;
  const title = `${layer.where}: layer "${name}" (${type})`;
  const [top = layer.name] = layer.tops;
  const sizes =
    dims ??
    declared?.slice(1) ??
    fail(
      'model',
      title,
      `the file does not say how large ${type === 'Input' ? 'this input' : `its top "${top}"`} is.`,
      `Say so with --input_layer ${layer.name} --dims C,H,W.`,
    );
  if (declared !== null && declared.length !== sizes.length + 1) {
    fail(
      'usage',
      '--dims',
      `expected ${declared.length - 1} sizes, like the declared ${formatShape(declared.slice(1))} of ${title}, got ${sizes.join(',')}.`,
    );
  }
  return { ...layer, ...inputLayer(layer.name, top, [1, ...sizes], layer.where) };
}
