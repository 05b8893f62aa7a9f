import type { XfdnnError } from '../error.js';
import type { Finding } from '../formats/protobuf-text.js';
import type { Message } from '../formats/schema.js';
import { caffeOp } from '../ops/index.js';
import type { Layer } from './layer.js';

/** Unknown fields of parameter messages that change no result in testing: engines, pruning, training, output files. */
const harmless: ReadonlySet<string> = new Set([
  // Intel Caffe: engines and fusion with the neighbour. The number of stored blobs decides about scale and bias.
  'conv_algorithm',
  'fuse',
  'use_weight_bias',
  'stats_batch_size',
  // NVIDIA Caffe: cuDNN.
  'cudnn_math_override',
  'cudnn_convolution_algo_seeker',
  'conv_algos_override',
  // Training.
  'frozen',
  'momentum',
  'moving_average_fraction',
  'stable_prod_grad',
  'sparse_ratio',
  'weight_mask_filler',
  'bias_mask_filler',
  // Files and windows of the detection layers.
  'visualize',
  'visualize_threshold',
  'save_file',
]);

/** Unknown parameter messages of layers of any type that change no float result. */
const harmlessMessages: ReadonlySet<string> = new Set([
  'quantization_param',
  'multinode_param',
  'mn_activation_param',
  'mn_grad_compress_param',
  'spatial_dropout_param',
]);

/** Parameter messages that say nothing about the result of a layer that is run. */
const foreign: ReadonlySet<string> = new Set(['transform_param']);

/** What the skipped fields of a layer mean for running it. `message` is its message in today's form. */
export function fieldFindings(
  message: Message,
  findings: readonly Finding[],
  file: string,
): Pick<Layer, 'refusals'> & { invalid?: XfdnnError } {
  const invalid = findings.find(({ kind }) => kind === 'invalid')?.error;
  const isRun = caffeOp(String(message['type'])) !== undefined;
  const refusals = findings
    .filter((finding) => isRun && finding.kind === 'unknown' && changesResult(finding, message))
    .map(
      ({ field, type, position }) => `unknown field ${field} of ${type}, ${file}:${position.line}:${position.column}`,
    );
  return { refusals, ...(invalid === undefined ? {} : { invalid }) };
}

/** Whether an unknown field may change the result: one of a parameter message, or a parameter message where no known one is. */
function changesResult({ field, type }: Finding, message: Message): boolean {
  if (harmless.has(field)) return false;
  if (!/^(V1)?LayerParameter$/.test(type))
    return !/^(TransformationParameter|NetStateRule|ParamSpec|FillerParameter)$/.test(type);
  const known = Object.keys(message).some((name) => name.endsWith('_param') && !foreign.has(name));
  return field.endsWith('_param') && !harmlessMessages.has(field) && !known;
}
