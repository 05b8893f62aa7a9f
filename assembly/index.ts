// The exports of the kernel module; one file per family beside this one.
export { pad_f32, pad_i8, pad_i16, pack_pairs_i8, pack_panels, transpose_32 } from './pack';
export { gemm_f32 } from './gemm-f32';
export { gemm_i16 } from './gemm-i16';
export { winograd_input_i16, winograd_output_i32, winograd_input_f32, winograd_output_f32 } from './winograd';
export { winograd4_input_i16, winograd4_output_i32 } from './winograd-4';
export { pack_codes, winograd_weights_i16, winograd4_weights_i16, winograd_weights_f32 } from './weights';
export { depthwise_f32, depthwise_i16 } from './depthwise';
export { gemv_f32, gemv_i8, gemv_i16 } from './gemv';
export { widen_i8, widen_sums } from './widen';
export { abs_min_max_f32, histogram_f32 } from './histogram';
export { channel_extremes_f32, channel_histograms_f32 } from './channels';
export { gather_i8, round_units_f32, square_errors_i8 } from './errors';
export { grid_i32, grid_f64, grid_i32_i8, grid_i32_i16, grid_f64_i8, grid_f64_i16 } from './grid';
export {
  overlay_i32_i8, overlay_f64_i8, overlay_i8_i8, overlay_i16_i8, overlay_i32_i16, overlay_f64_i16, overlay_i8_i16, overlay_i16_i16,
} from './overlay';
export { overlay_v2_i32_i8, overlay_v3_i32_i8, overlay_rescale_i8 } from './overlay-8';
export {
  quantize_i8, quantize_i16, quantize_tensor_i8, quantize_tensor_i16, dequantize_i8, dequantize_i16,
  nearest_i8, nearest_i16, requantize_i8_i8, requantize_i16_i16, requantize_i8_i16, requantize_i16_i8,
} from './quantize';
export {
  max_planes_f32, max_planes_i8, max_planes_i16, max_pixels_f32, max_pixels_i8, max_pixels_i16, sum_planes_i8, sum_planes_i16, sum_pixels_i8, sum_pixels_i16,
  average_f32, divide_i8, divide_i16, overlay_average_i8, overlay_average_i16,
} from './pool';
export {
  activate_f32, activate_columns_f32, add_f32, add_difference_f32, multiply_f32, max_f32, max_i8, max_i16,
} from './elementwise';
export { sum_i8, sum_i16, weigh_i8, weigh_i16, round_f64, join_i8, join_i16 } from './eltwise-codes';
export { compare_i8, compare_i16, compare_f32, compare_two_i8, channel_errors_i8, channel_errors_i16 } from './compare';
