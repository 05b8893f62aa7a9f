import { fail } from '../error.js';
import { withDefaults } from '../formats/schema.js';
import type { Message } from '../formats/schema.js';
import type { Shape } from '../tensor.js';
import { formatShape } from '../tensor.js';
import type { Layer } from './layer.js';
import { paramType } from './schema.js';

const dataTypes = new Set(['Data', 'ImageData', 'MemoryData', 'HDF5Data', 'WindowData', 'AnnotatedData']);

/** Whether a layer reads images and labels from somewhere: its first top is the image. */
export function isData(layer: Layer): boolean {
  return dataTypes.has(layer.type);
}

/** Whether a layer stands for values from outside. */
export function isSource(layer: Layer): boolean {
  return isData(layer) || layer.type === 'Input' || layer.type === 'DummyData';
}

/**
 * One Input layer for each top of a layer that stands for values from outside. `shapeOf` gets what the file says
 * about the top (batch first, null where it says too little) and returns the shape to use.
 */
export function asInputs(layer: Layer, shapeOf: (top: string, declared: Shape | null) => Shape): Layer[] {
  return layer.tops.map((top, index) => {
    const dim = shapeOf(top, declaredShape(layer, index));
    const name = layer.tops.length === 1 ? layer.name : top;
    return { ...layer, name, type: 'Input', tops: [top], message: { name, type: 'Input', top: [top], input_param: { shape: [{ dim: [...dim] }] } } };
  });
}

function declaredShape(layer: Layer, index: number): Shape | null {
  const shape = layer.type === 'Input' || layer.type === 'DummyData' ? listedShape(layer, index) : index === 0 ? imageShape(layer) : null;
  return shape !== null && shape.length > 0 && shape.slice(1).every((size) => Number.isInteger(size) && size > 0) ? shape : null;
}

function param(layer: Layer, field: string): Record<string, any> {
  return withDefaults(paramType(field)!, layer.message[field] as Message | undefined);
}

/** Input and DummyData: a shape for each top, or one for all. */
function listedShape(layer: Layer, index: number): Shape | null {
  const values = param(layer, layer.type === 'Input' ? 'input_param' : 'dummy_data_param');
  const pick = (list: readonly any[]): any => {
    if (list.length > 1 && list.length !== layer.tops.length) {
      fail('model', layer.where, `layer "${layer.name}" (${layer.type}): expected 1 or ${layer.tops.length} shapes for its tops, got ${list.length}.`);
    }
    return list.length > 1 ? list[index] : list[0];
  };
  const shape = pick(values.shape) as { dim: number[] } | undefined;
  if (shape !== undefined) return shape.dim;
  if (layer.type === 'Input' || values.channels.length === 0) return null;
  return [pick(values.num), pick(values.channels), pick(values.height), pick(values.width)];
}

/** What the parameters of a data layer tell about its images: stated sizes, else crop or resize sizes with 3 channels (1 if grey). */
function imageShape(layer: Layer): Shape | null {
  const transform = param(layer, 'transform_param');
  const memory = param(layer, 'memory_data_param');
  if (layer.type === 'MemoryData') return crop([1, memory.channels, memory.height, memory.width], transform);
  const images = param(layer, 'image_data_param');
  const grey = transform.force_gray || (layer.type === 'ImageData' && !images.is_color);
  const old = images.crop_size || param(layer, 'data_param').crop_size || param(layer, 'window_data_param').crop_size;
  const [height, width] = [images.new_height || transform.resize_param.height || old, images.new_width || transform.resize_param.width || old];
  return crop([1, grey ? 1 : 3, old || height, old || width], transform);
}

function crop(shape: Shape, transform: Record<string, any>): Shape {
  const [height, width] = [transform.crop_h || transform.crop_size, transform.crop_w || transform.crop_size];
  return [shape[0]!, shape[1]!, height || shape[2], width || shape[3]];
}

/**
 * The shape an input runs at: one image, its other sizes from `dims` if given (C,H,W for a declared N x C x H x W).
 * Throws `usage` where the two do not fit or neither says enough.
 */
export function runShape(declared: Shape | null, dims: readonly number[] | undefined, where: string): Shape {
  if (dims === undefined) {
    if (declared !== null) return [1, ...declared.slice(1)];
    return fail('model', where, 'the file does not say how large this input is.', 'Say so with --dims C,H,W.');
  }
  if (declared !== null && declared.length !== dims.length + 1) {
    const sizes = declared.slice(1);
    fail('usage', where, `--dims: expected ${sizes.length} sizes like the declared ${formatShape(sizes)}, got ${dims.length} (${dims.join(',')}).`);
  }
  return [1, ...dims];
}
