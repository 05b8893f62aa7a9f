/**
 * The public API: functions on plain values from the bytes of a model to the text of a scaling file, the jobs of the
 * command line on files, and the overlay's arithmetic under `overlay`. Options of functions are in camelCase; jobs on
 * files take the flags of their command as keys. Every error is an {@link XfdnnError}.
 *
 * @module
 */

export { type CaffeImport, type CaffeOptions, inspectCaffe, loadCaffe } from './caffe/index.js';
export type { BitWidths, ChannelOptions, ChannelStatistics } from './calibration/plan.js';
export type { MagnitudeHistogram, ThresholdCurve, ThresholdDetails } from './calibration/thresholds/curve.js';
export { type Calibrator, type CalibratorChoice, calibrators } from './calibration/thresholds/index.js';
export type { Histogram, Magnitudes, ThresholdMethod } from './calibration/thresholds/method.js';
export type { AccumulatorBounds } from './emulator/accumulator-bounds.js';
export { type ErrorCode, type ErrorList, XfdnnError } from './error.js';
export type { BitWidth, Grid } from './fixed/grid.js';
export * as overlay from './fixed/index.js';
export { type NpyWritable, readNpy, writeNpy } from './formats/npy.js';
export { withFloatLayers } from './graph/float-layers.js';
export type { Attributes, Graph, GraphNode, Value, ValueId } from './graph/graph.js';
export {
  type CalibrationFiles,
  chooseSample,
  type EncodedImage,
  FRAMEWORKS,
  type Framework,
  type ImageSource,
  type NetworkImage,
  PRESETS,
  type Preprocessing,
  type PreprocessingOptions,
  type Preset,
  prepareImage,
  RESIZE_RULES,
  type ResizeRule,
  SAMPLERS,
  type Sample,
  type SampleOptions,
  type Sampler,
} from './images/index.js';
export { type AdviseFlags, type AdviseResult, advise } from './jobs/advise.js';
export type { Advice, AdvisedChoice, AdvisedRow } from './jobs/advised-choices.js';
export { type CalibrateOptions, calibrate, type PlanCalibrationOptions, WALKS, type Walk } from './jobs/calibrate.js';
export { type CalibrationFlags, type PreprocessingFlags, preprocessingOf } from './jobs/calibration-flags.js';
export { type CheckFlags, type CheckResult, checkScalingFile } from './jobs/check.js';
export { type CompareFlags, type CompareResult, compareFiles } from './jobs/compare.js';
export { type ExportFlags, type ExportResult, exportKit } from './jobs/export.js';
export { forward } from './jobs/forward.js';
export type { JobHooks } from './jobs/hooks.js';
export type { InputPaths } from './jobs/input-files.js';
export { inspect } from './jobs/inspect.js';
export type { LayerBits } from './jobs/layer-bits.js';
export { type LayerEmulation, type LayerResult, type LayerValue, openLayers } from './jobs/layer-emulation.js';
export { type ChangeOptions, type LiveEmulation, type LiveOptions, type LiveValue, openLive } from './jobs/live.js';
export type { Network, NetworkFlags } from './jobs/network.js';
export type { InputFlags } from './jobs/network-inputs.js';
export { type QuantizeResult, quantize } from './jobs/quantize.js';
export type { QuantizeFlags } from './jobs/quantize-flags.js';
export { type RescaleFlags, type RescaleResult, rescaleFile } from './jobs/rescale.js';
export { type BlobFile, type RunFlags, type RunResult, run } from './jobs/run.js';
export { type ScaleOptions, scaleLayers as scale } from './jobs/scale.js';
export {
  entriesSensitivity,
  type SensitivityFlags,
  type SensitivityOptions,
  type SensitivityResult,
  sensitivity,
} from './jobs/sensitivity.js';
export type { TargetFlags } from './jobs/sensitivity-target.js';
export {
  type GateFlags,
  type VerifyFlags,
  type VerifyOptions,
  type VerifyResult,
  verify,
  verifyEntries,
} from './jobs/verify.js';
export { type VerifyDumpsFlags, type VerifyDumpsResult, verifyDumps } from './jobs/verify-dumps.js';
export type { ThreadOptions } from './jobs/worker-tasks.js';
export { dropIdentities, dropUnused, type FoldedChain, optimise } from './optimise/index.js';
export type { ValuePlacement } from './placement/placement.js';
export {
  type FileContents,
  type FileKind,
  type FileStatus,
  type MountedFiles,
  mountFiles,
  unmountFiles,
} from './platform/index.js';
export type { InspectedLayer, Inspection, MemoryPlan } from './report/inspection.js';
export type { VerificationGates } from './report/missed-gates.js';
export type { WidthProposal } from './report/width-proposal.js';
export {
  type ChannelGrids,
  decompose,
  type EntryForm,
  type InterLayer,
  type LayerCalibration,
  type Limits,
  type LimitsForm,
  limitsOf,
  MULTIPLIER_KINDS,
  type MultiplierKind,
  type Overlay,
  type OverlayChoice,
  type OverlayName,
  type PerWidth,
  type ScalingEntry,
  type Triple,
} from './scaling/index.js';
export { type CheckOptions, checkScaling, fixScaling } from './scaling-file/check.js';
export { compareScaling, type Move, type ScalingComparison } from './scaling-file/compare.js';
export type { WeightThresholds } from './scaling-file/edit-entries.js';
export type { Fault } from './scaling-file/fault.js';
export { formatScaling } from './scaling-file/format.js';
export { parseScaling } from './scaling-file/parse.js';
export { type RescaleTarget, rescale } from './scaling-file/rescale.js';
export type { Layout, Shape, Tensor, TypedArray } from './tensor.js';
export {
  FAKE_QUANT_MODES,
  type FakeQuantMode,
  type InspectedTensorFlow,
  importTensorFlow,
  inspectTensorFlow,
  loadTensorFlow,
  type PlaceholderValues,
  type TensorFlowImport,
  type TensorFlowOptions,
} from './tensorflow/index.js';
export type { LargestError, Position } from './verification/compare-activations.js';
export type { ComparedDump, DumpDifference } from './verification/compare-dump.js';
export type { LiveLayer, LivePrediction, LiveUpdate, ScoredClass } from './verification/live/live-results.js';
export type {
  Closeness,
  DeployedCloseness,
  LayerSensitivity,
  Sensitivity,
} from './verification/sensitivity/sensitivity.js';
export type { Cause, CauseKind } from './verification/verdict/causes.js';
export type { Cliff } from './verification/verdict/cliff.js';
export type { Grade, Verdict } from './verification/verdict/verdict.js';
export type { Quality, Shares, Verification, VerifiedLayer } from './verification/verification.js';
export type { LayerBounds } from './verification/verifier.js';
