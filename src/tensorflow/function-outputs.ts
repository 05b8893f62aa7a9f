/** Names of the outputs of types that have several, in order. All other types have one output, or one list of outputs. */
const outputNames: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    FusedBatchNorm: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
    FusedBatchNormV2: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
    FusedBatchNormV3: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2', 'reserve_space_3'],
    _FusedBatchNormEx: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2', 'reserve_space_3'],
    Switch: ['output_false', 'output_true'],
    RefSwitch: ['output_false', 'output_true'],
    Merge: ['output', 'value_index'],
    RefMerge: ['output', 'value_index'],
    TopK: ['values', 'indices'],
    TopKV2: ['values', 'indices'],
    MaxPoolWithArgmax: ['output', 'argmax'],
    Unique: ['y', 'idx'],
    UniqueV2: ['y', 'idx'],
    UniqueWithCounts: ['y', 'idx', 'count'],
    ListDiff: ['out', 'idx'],
    BroadcastGradientArgs: ['r0', 'r1'],
    Qr: ['q', 'r'],
    Svd: ['s', 'u', 'v'],
    SelfAdjointEigV2: ['e', 'v'],
    NonMaxSuppressionV4: ['selected_indices', 'valid_outputs'],
    NonMaxSuppressionV5: ['selected_indices', 'selected_scores', 'valid_outputs'],
    CombinedNonMaxSuppression: ['nmsed_boxes', 'nmsed_scores', 'nmsed_classes', 'valid_detections'],
    SoftmaxCrossEntropyWithLogits: ['loss', 'backprop'],
    SparseSoftmaxCrossEntropyWithLogits: ['loss', 'backprop'],
  }),
);

/**
 * Index of an output that a function's node reads as `node:name:index`. `index` counts within outputs that are lists.
 * `names`: the names of the outputs where the node calls a function.
 */
export function outputIndex(type: string, name: string, index: number, names = outputNames.get(type)): number {
  const position = names?.indexOf(name) ?? 0;
  return Math.max(position, 0) + index;
}
