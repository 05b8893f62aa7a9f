import { elements } from '../tensor.js';
import type { Constant } from './constant.js';

/** Least code and number of codes of the stored types. */
const codes: Readonly<Record<string, readonly [number, number]>> = {
  DT_QUINT8: [0, 256],
  DT_UINT8: [0, 256],
  DT_QINT8: [-128, 256],
  DT_INT8: [-128, 256],
  DT_QUINT16: [0, 65536],
  DT_QINT16: [-32768, 65536],
  DT_QINT32: [-2147483648, 4294967296],
};

/**
 * Weights stored as codes between `min` and `max`. MIN_COMBINED spreads the range over `count - 1` steps from
 * the least code; MIN_FIRST rounds the minimum to a step so that 0 is a code; SCALED is symmetric about 0.
 * Result float32. Source: TensorFlow's documentation of Dequantize.
 */
export function dequantize(input: Constant, min: number, max: number, mode: string): Constant {
  const [least, count] = codes[input.dtype] ?? [0, 256];
  const data = new Float32Array(elements(input.shape));
  const decode =
    mode === 'MIN_FIRST'
      ? minFirst(least, count, min, max)
      : mode === 'SCALED'
        ? scaled(least, count, min, max)
        : minCombined(least, count, min, max);
  for (let index = 0; index < data.length; index++) data[index] = decode(input.data[index]!);
  return { dtype: 'DT_FLOAT', shape: input.shape, data };
}

function minCombined(least: number, count: number, min: number, max: number): (code: number) => number {
  // Signed codes are shifted by half their count, whatever the least code is called.
  const shift = least < 0 ? count / 2 : 0;
  const step = Math.fround(Math.fround(max - min) / (count - 1));
  return (code) => Math.fround((code + shift) * step) + min;
}

function minFirst(least: number, count: number, min: number, max: number): (code: number) => number {
  if (min === max) return () => min;
  const adjust = count / (count - 1);
  const step = ((max - min) * adjust) / count;
  const stepSingle = Math.fround(step);
  const start = Math.fround(Math.round(min / stepSingle) * stepSingle);
  return (code) => start + (code - least) * step;
}

function scaled(least: number, count: number, min: number, max: number): (code: number) => number {
  const most = least < 0 ? count / 2 - 1 : count - 1;
  const step = least < 0 ? Math.fround(Math.max(-min / (count / 2), max / most)) : Math.fround(max / most);
  return (code) => code * step;
}
