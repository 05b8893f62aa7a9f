/**
 * The public API: the flow from files' bytes to a scaling file as functions on plain values, the same jobs the
 * command line runs, and the overlay's arithmetic under `overlay`.
 */
export { XfdnnError, type ErrorCode } from './error.js';
export type { Layout, Shape, Tensor, TypedArray } from './tensor.js';
export type { Graph, GraphNode, Value, ValueId } from './graph/graph.js';

export { inspectCaffe, loadCaffe, type CaffeImport, type CaffeOptions } from './caffe/index.js';
export { inspectTensorFlow, loadTensorFlow, type TensorFlowImport, type TensorFlowOptions } from './tensorflow/index.js';
export { dropIdentities, dropUnused, optimise } from './optimise/index.js';
export { chooseSample, prepareImage, resolvePreprocessing, type NetworkImage, type NetworkInput, type Preprocessing, type Sample, type SampleOptions } from './images/index.js';
export { preprocessingOf, type PreprocessingFlags } from './jobs/calibration-flags.js';
export { readNpy, writeNpy } from './formats/npy.js';
export { calibrate, type CalibrateOptions, type JobHooks } from './jobs/quantize.js';
export type { ImageSource, ThreadOptions } from './jobs/worker-tasks.js';
export type { BitWidths, LayerThresholds } from './calibration/walk.js';
export { scaleLayers as scale, type ScaleOptions } from './jobs/scale.js';
export { formatScaling } from './scaling-file/format.js';
export { parseScaling } from './scaling-file/parse.js';
export { checkScaling, fixScaling, type CheckOptions } from './scaling-file/check.js';
export type { Fault } from './scaling-file/fault.js';
export { compareScaling, type ScalingComparison } from './scaling-file/compare.js';
export { rescale, type RescaleTarget } from './scaling-file/rescale.js';
export { decompose, limitsOf, type Overlay, type ScalingEntry, type Triple } from './scaling/index.js';
export { forward } from './jobs/run.js';

export { checkScalingFile, type CheckResult, type CheckScalingOptions } from './jobs/check.js';
export { compareFiles, type CompareOptions, type CompareResult } from './jobs/compare.js';
export { rescaleFile, type RescaleOptions, type RescaleResult } from './jobs/rescale.js';
export { verify, verifyEntries, type VerifyGates, type VerifyOptions, type VerifyResult } from './jobs/verify.js';
export { verifyDumps, type VerifyDumpsOptions, type VerifyDumpsResult } from './jobs/verify-dumps.js';
export { inspect, type Inspection } from './jobs/inspect.js';
export { quantize, type QuantizeOptions, type QuantizeResult } from './jobs/quantize.js';
export { run, type RunOptions, type RunResult } from './jobs/run.js';

export * as overlay from './fixed/index.js';
