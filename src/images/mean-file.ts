import { fail } from '../error.js';
import { caffeProto } from '../formats/generated/protos.js';
import { readNpy } from '../formats/npy.js';
import { decodeMessage } from '../formats/protobuf.js';
import { type Message, parseSchema } from '../formats/schema.js';
import { readFile } from '../platform/index.js';
import { elements, formatShape, type Shape } from '../tensor.js';
import { contentKind } from './content-kind.js';

const blobProto = () => parseSchema(caffeProto).lookupType('BlobProto');

/** A mean image of any shape. */
interface MeanImage {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/**
 * The mean of each channel of a mean image: Caffe's `mean.binaryproto`, or a `.npy` array of channels, C x H x W or
 * H x W x C. The channels are the network's (Caffe's are B, G, R). Throws `file`, `format` for other files, and `data` for a mean that
 * is not finite.
 */
export async function readMeanFile(path: string): Promise<number[]> {
  const bytes = await readFile(path);
  const image = contentKind(bytes) === 'npy' ? readNpy(bytes, path) : readBlob(bytes, path);
  return channelMeans(image, path);
}

function readBlob(bytes: Uint8Array, path: string): MeanImage {
  const message = decodeMessage(blobProto(), bytes, { where: path });
  const dims = (message['shape'] as Message | undefined)?.['dim'] as number[] | undefined;
  const sizes = ['num', 'channels', 'height', 'width'].map((name) => (message[name] as number | undefined) ?? 1);
  const data = (message['data'] ?? message['double_data'] ?? []) as ArrayLike<number>;
  return { shape: dims ?? sizes, data };
}

function channelMeans({ shape, data }: MeanImage, path: string): number[] {
  const sizes = shape[0] === 1 && shape.length > 3 ? shape.slice(1) : shape;
  const [first = 0] = sizes;
  const isLast = sizes.length === 3 && !isChannels(first) && isChannels(sizes[2] ?? 0);
  const channels = isLast ? (sizes[2] ?? 0) : first;
  if (sizes.length < 1 || sizes.length > 3 || data.length === 0 || data.length !== elements(sizes))
    fail(
      'format',
      path,
      `expected a mean image of shape C x H x W, got ${data.length} values of shape ${formatShape(shape)}.`,
      'Pass mean.binaryproto, a .npy array, or the mean of each channel as numbers.',
    );
  const sums = new Array<number>(channels).fill(0);
  const perChannel = data.length / channels;
  for (let index = 0; index < data.length; index++)
    sums[isLast ? index % channels : Math.floor(index / perChannel)]! += data[index]!;
  const means = sums.map((sum) => sum / perChannel);
  const odd = means.find((mean) => !Number.isFinite(mean));
  if (odd !== undefined)
    fail('data', path, `expected finite values, got a channel whose mean is ${odd}.`, 'Make the mean image again.');
  return means;
}

function isChannels(size: number): boolean {
  return size === 1 || size === 3;
}
