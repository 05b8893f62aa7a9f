/** The overlay's arithmetic, as test suites import it: scalar functions in the spec's argument order, and array forms. */
export { avgPool, interLayerV2, interLayerV3, quantizeBias, quantizeBiasV3, quantizeTensor, quantizeWeights, unquantizeTensor } from './overlay.js';
export {
  avgPoolArray,
  interLayerV2Array,
  interLayerV3Array,
  quantizeBiasArray,
  quantizeBiasV3Array,
  quantizeTensorArray,
  quantizeWeightsArray,
  unquantizeTensorArray,
} from './arrays.js';
