export { contentKind, decodeImage } from './decode.js';
export { type Image, toFloat32, toGray, toRgb } from './image.js';
export type { CalibrationFiles, NetworkImage } from './load.js';
export { chooseCalibrationFiles, isBadImage, loadCalibrationImage, prepareImage } from './load.js';
export type { NetworkInput, Preprocessing, PreprocessingFlags } from './preprocess.js';
export { preprocessArray, preprocessImage, resolvePreprocessing } from './preprocess.js';
export { type ResizeRule, resize } from './resize.js';
export type { Sample, SampleOptions, Sampler } from './sample.js';
export { chooseSample, draw } from './sample.js';
