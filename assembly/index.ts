// The exports of the kernel module; one file per family beside this one.
export { pad_f32, pad_i8, pad_i16, pack_panels, transpose_32 } from './pack';
export { gemm_f32 } from './gemm-f32';
export { gemm_i16 } from './gemm-i16';
export { depthwise_f32, depthwise_i16 } from './depthwise';
export { gemv_f32, gemv_i8, gemv_i16 } from './gemv';
export { widen_i8, widen_sums } from './widen';
export { abs_min_max_f32, histogram_f32 } from './histogram';
