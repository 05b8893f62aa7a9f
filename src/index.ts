/**
 * The public API: the flow from files' bytes to a scaling file as functions on plain values, the same jobs the
 * command line runs, and the overlay's arithmetic under `overlay`.
 */

export { type CaffeImport, type CaffeOptions, inspectCaffe, loadCaffe } from './caffe/index.js';
export type { BitWidths, LayerThresholds } from './calibration/walk.js';
export { type ErrorCode, XfdnnError } from './error.js';
export type { BitWidth, Grid } from './fixed/grid.js';
export * as overlay from './fixed/index.js';
export { readNpy, writeNpy } from './formats/npy.js';
export type { Graph, GraphNode, Value, ValueId } from './graph/graph.js';
export {
  chooseSample,
  type NetworkImage,
  type NetworkInput,
  type Preprocessing,
  prepareImage,
  resolvePreprocessing,
  type Sample,
  type SampleOptions,
} from './images/index.js';
export { type PreprocessingFlags, preprocessingOf } from './jobs/calibration-flags.js';
export { type CheckResult, type CheckScalingOptions, checkScalingFile } from './jobs/check.js';
export { type CompareOptions, type CompareResult, compareFiles } from './jobs/compare.js';
export { type Inspection, inspect } from './jobs/inspect.js';
export {
  type CalibrateOptions,
  calibrate,
  type JobHooks,
  type QuantizeOptions,
  type QuantizeResult,
  quantize,
} from './jobs/quantize.js';
export { type RescaleOptions, type RescaleResult, rescaleFile } from './jobs/rescale.js';
export { forward, type RunOptions, type RunResult, run } from './jobs/run.js';
export { type ScaleOptions, scaleLayers as scale } from './jobs/scale.js';
export { type VerifyGates, type VerifyOptions, type VerifyResult, verify, verifyEntries } from './jobs/verify.js';
export { type VerifyDumpsOptions, type VerifyDumpsResult, verifyDumps } from './jobs/verify-dumps.js';
export type { ImageSource, ThreadOptions } from './jobs/worker-tasks.js';
export { dropIdentities, dropUnused, optimise } from './optimise/index.js';
export {
  type ChannelGrids,
  decompose,
  type EntryForm,
  type InterLayer,
  type Limits,
  type LimitsForm,
  limitsOf,
  type Overlay,
  type OverlayChoice,
  type OverlayName,
  type PerWidth,
  type ScalingEntry,
  type Triple,
} from './scaling/index.js';
export { type CheckOptions, checkScaling, fixScaling } from './scaling-file/check.js';
export { compareScaling, type ScalingComparison } from './scaling-file/compare.js';
export type { Fault } from './scaling-file/fault.js';
export { formatScaling } from './scaling-file/format.js';
export { parseScaling } from './scaling-file/parse.js';
export { type RescaleTarget, rescale } from './scaling-file/rescale.js';
export type { Layout, Shape, Tensor, TypedArray } from './tensor.js';
export {
  inspectTensorFlow,
  loadTensorFlow,
  type TensorFlowImport,
  type TensorFlowOptions,
} from './tensorflow/index.js';
