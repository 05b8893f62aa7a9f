import type { Message } from '../formats/schema.js';
import type { Shape, Tensor } from '../tensor.js';
import { elements } from '../tensor.js';
import type { Layer } from './layer.js';

/** A FillerParameter as a prototxt states it. */
export type Filler = Message;

/** The fillers that a layer states for its weights and its bias. */
export interface Fillers {
  readonly main: Filler | undefined;
  readonly bias: Filler | undefined;
}

/** Fields of parameter messages that fill the first blob of a layer. */
const mainFields = ['weight_filler', 'filler', 'scale_filler'];

/** The stated fillers of a layer. Those of a BatchNorm do not fill its statistics. */
export function statedFillers({ type, message }: Layer): Fillers {
  if (type === 'BatchNorm') return { main: undefined, bias: undefined };
  const parameters = Object.values(message).filter(isMessage);
  const stated = (fields: readonly string[]): Filler[] =>
    parameters.flatMap((parameter) => fields.map((field) => parameter[field]).filter(isMessage));
  return { main: stated(mainFields)[0], bias: stated(['bias_filler'])[0] };
}

/**
 * The blob that a filler makes; undefined if it is random. Source: Caffe's `filler.hpp`, ConstantFiller and
 * BilinearFiller.
 */
export function fill(filler: Filler, shape: Shape): Tensor | undefined {
  switch (filler['type'] ?? 'constant') {
    case 'constant':
      return { shape, data: new Float32Array(elements(shape)).fill(Number(filler['value'] ?? 0)) };
    case 'bilinear':
      return bilinear(shape);
    default:
      return undefined;
  }
}

/** The kernel of bilinear upsampling in every plane of a blob of square kernels; undefined for another shape. */
function bilinear(shape: Shape): Tensor | undefined {
  const [size = 0, width] = shape.slice(2);
  if (shape.length !== 4 || size !== width) return undefined;
  const factor = Math.ceil(size / 2);
  const centre = (2 * factor - 1 - (factor % 2)) / (2 * factor);
  const weight = (at: number): number => 1 - Math.abs(at / factor - centre);
  const data = new Float32Array(elements(shape));
  for (let index = 0; index < data.length; index++)
    data[index] = weight(index % size) * weight(Math.floor(index / size) % size);
  return { shape, data };
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
