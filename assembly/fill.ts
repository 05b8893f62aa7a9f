/** Sets `count` float32 values from `pointer` on to `value`. */
export function fill_f32(pointer: usize, count: i32, value: f32): void {
  const splat = f32x4.splat(value);
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(pointer + (<usize>i << 2), splat);
  for (; i < count; i++) store<f32>(pointer + (<usize>i << 2), value);
}
