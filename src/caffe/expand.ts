import type { Message } from '../formats/schema.js';
import { type Layer, madeLayer } from './layer.js';

/**
 * Replaces layers of forks that compute more than their type says by several layers: a ReLU or a sum fused into a
 * Convolution, InnerProduct, BatchNorm or Eltwise (Intel Caffe), a Dropout that scales in testing. The first layer keeps
 * the name, under which its weights are stored; the last one completes it. An Eltwise of one bottom (FlowNet2) is a
 * Power, a BN with merged statistics (SegNet) a Scale.
 */
export function expandLayers(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) => expandDropout(layer) ?? expandFusion(asScale(asPower(layer))));
}

/** A Dropout with `scale_train: false` multiplies by 1 - ratio in testing; one with `sample_weights_test` is random. */
function expandDropout(layer: Layer): Layer[] | undefined {
  const parameters = layer.message['dropout_param'] as Message | undefined;
  if (layer.type !== 'Dropout' || parameters === undefined) return undefined;
  if (parameters['sample_weights_test'] === true)
    return [{ ...layer, refusals: [...layer.refusals, 'sample_weights_test: random in testing'] }];
  if (parameters['scale_train'] !== false) return undefined;
  const kept = 1 - Number(parameters['dropout_ratio'] ?? 0.5);
  return [{ ...madeLayer('Power', layer, { power_param: { scale: kept } }), refusals: layer.refusals }];
}

/** An Eltwise of one bottom as a Power: its coefficient times the bottom. Other layers stay as they are. */
function asPower(layer: Layer): Layer {
  const parameters = (layer.message['eltwise_param'] ?? {}) as Message;
  const coefficients = (parameters['coeff'] ?? []) as readonly number[];
  const isSum = (parameters['operation'] ?? 'SUM') === 'SUM';
  if (layer.type !== 'Eltwise' || layer.bottoms.length !== 1 || coefficients.length > (isSum ? 1 : 0)) return layer;
  const power = madeLayer('Power', layer, { power_param: { scale: coefficients[0] ?? 1 } });
  return { ...power, message: { ...power.message, eltwise_param: parameters }, refusals: layer.refusals };
}

/** SegNet's BN by its mode: a Scale, or refused where its statistics are those of a batch. Other layers stay as they are. */
function asScale(layer: Layer): Layer {
  const parameters = (layer.message['bn_param'] ?? {}) as Message;
  const isSegNet = ['bn_mode', 'scale_filler', 'shift_filler'].some((field) => parameters[field] !== undefined);
  if (layer.type !== 'BN' || !isSegNet) return layer;
  if (parameters['bn_mode'] !== 'INFERENCE')
    return { ...layer, refusals: [...layer.refusals, 'statistics of a batch; merge them and set bn_mode: INFERENCE'] };
  return { ...madeLayer('Scale', layer, { scale_param: { bias_term: true } }), refusals: layer.refusals };
}

/** Parameter messages that may hold a fused ReLU. */
const fusible = ['convolution_param', 'inner_product_param', 'batch_norm_param', 'eltwise_param'];

function expandFusion(layer: Layer): Layer[] {
  const parameters = fusible.map((field) => layer.message[field] as Message | undefined).find((found) => found);
  const [top] = layer.tops;
  if (parameters === undefined || top === undefined) return [layer];
  const slope = Number(parameters['negative_slope'] ?? 0);
  if (parameters['relu'] !== true && slope !== 0)
    return [{ ...layer, refusals: [...layer.refusals, 'negative_slope without relu'] }];
  const result = parameters['fusion_type'] === 'SUM_FUSION' ? withSum(layer, top) : [layer];
  if (parameters['relu'] === true)
    result.push(completing(layer, 'ReLU', 'relu', [top], { relu_param: { negative_slope: slope } }));
  return result;
}

/** A convolution of the first bottom, to which the second one is added. */
function withSum(layer: Layer, top: string): Layer[] {
  const [bottom = '', ...others] = layer.bottoms;
  if (others.length === 0) return [layer];
  return [{ ...layer, bottoms: [bottom] }, completing(layer, 'Eltwise', 'sum', [top, ...others], {})];
}

/** A layer that writes the layer's top again. */
function completing(
  layer: Layer,
  type: string,
  suffix: string,
  bottoms: readonly string[],
  parameters: Message,
): Layer {
  const { tops, where, name } = layer;
  return { ...madeLayer(type, { name: `${name}_${suffix}`, bottoms, tops, where }, parameters), completes: name };
}
