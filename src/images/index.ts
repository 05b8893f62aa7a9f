export { decodeImage } from './decode.js';
export type { ExpectedInput } from './expected-input.js';
export { type Image, toGray, toRgb } from './image.js';
export { inputLine, inputWarnings, summariseInput } from './input-summary.js';
export { listImages, pathOfImage } from './list-images.js';
export type { CalibrationFiles, FileChoice, NetworkImage } from './load.js';
export { chooseCalibrationFiles, isBadImage, loadCalibrationImage, prepareImage, readImage } from './load.js';
export { readMeanFile } from './mean-file.js';
export { preprocessArray, preprocessImage } from './preprocess.js';
export type { Framework, NetworkInput, Preprocessing, PreprocessingOptions } from './preprocessing-options.js';
export {
  expectedPreprocessing,
  FRAMEWORKS,
  isIdleTranspose,
  isUntouched,
  preprocessingWarnings,
  resolvePreprocessing,
} from './preprocessing-options.js';
export { PRESETS, type Preset } from './presets.js';
export { previewSteps } from './preview.js';
export { randomCount, randomImages } from './random-images.js';
export { RESIZE_RULES, type ResizeRule, resize } from './resize.js';
export type { Sample, SampleOptions, Sampler } from './sample.js';
export { chooseSample, DEFAULT_SAMPLE_SIZE, draw, SAMPLERS } from './sample.js';
export {
  type EncodedImage,
  type ImageSource,
  imageCount,
  type LoadImage,
  loadInputs,
  openImages,
  sharedSource,
} from './source.js';
