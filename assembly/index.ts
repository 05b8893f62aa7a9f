// The exports of the kernel module; one file per family beside this one.
export { pad_f32, pack_panels, transpose_32 } from './pack';
export { gemm_f32 } from './gemm-f32';
export { gemm_i16 } from './gemm-i16';
