/**
 * The overlay's arithmetic, to the bit, as test suites import it: scalar functions in the argument order of
 * `docs/spec/overlay.md`, and their array forms. Codes and accumulators are whole plain numbers, exact below 2^53; a
 * number beyond is an error, never a wrong digit.
 */

export {
  avgPoolArray,
  type Codes,
  interLayerV2Array,
  interLayerV3Array,
  type PerChannel,
  quantizeBiasArray,
  quantizeBiasV3Array,
  quantizeTensorArray,
  quantizeWeightsArray,
  unquantizeTensorArray,
} from './arrays.js';
export { avgPool, interLayerV2, interLayerV3, rsh } from './inter-layer.js';
export { quantizeBias, quantizeBiasV3, quantizeTensor, quantizeWeights, unquantizeTensor } from './quantize.js';
