import { fail, XfdnnError } from '../error.js';
import type { ScalingEntry } from '../scaling/index.js';

/** Keys whose numbers are whole and are written without a decimal point; all other numbers always bear one. */
const WHOLE = new Set(['bw_layer_in', 'bw_layer_out', 'bw_params', 'prescale_shift', 'scale', 'postscale_shift']);

/** The shortest digits that read back as the same double, always with a decimal point or an exponent of two digits. -0 is written `0.0`. */
export function formatFloat(value: number): string {
  const text = String(value);
  const [digits, exponent] = text.split('e') as [string, string | undefined];
  const size = Math.abs(value);
  if (exponent === undefined && ((size >= 1e-4 && size < 1e16) || size === 0))
    return digits.includes('.') ? digits : `${digits}.0`;
  const [mantissa, power] = (exponent === undefined ? value.toExponential() : text).split('e') as [string, string];
  return `${mantissa}e${power.replace(/^([+-])(\d)$/, '$10$2')}`;
}

function formatNumber(key: string, value: number): string {
  if (!Number.isFinite(value))
    fail('data', key, `expected a finite number, got ${value}.`, 'JSON has no way to write it.');
  if (!WHOLE.has(key)) return formatFloat(value);
  return Number.isSafeInteger(value) ? String(value) : fail('data', key, `expected a whole number, got ${value}.`);
}

/** A string in ASCII alone, so that no reader's encoding can spoil a layer's name. */
function formatString(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function formatList(key: string, list: readonly number[], indent: string): string {
  if (list.length === 0) return '[]';
  return `[\n${list.map((item) => `${indent}    ${formatNumber(key, item)}`).join(',\n')}\n${indent}]`;
}

function formatValue(key: string, value: string | number | readonly number[], indent: string): string {
  if (typeof value === 'string') return formatString(value);
  return typeof value === 'number' ? formatNumber(key, value) : formatList(key, value, indent);
}

function formatEntry(entry: ScalingEntry): string {
  const indent = ' '.repeat(12);
  const members = Object.entries(entry).filter(([, value]) => value !== undefined) as [
    string,
    string | number | readonly number[],
  ][];
  const lines = members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${indent}"${key}": ${formatValue(key, value, indent)}`);
  return `        {\n${lines.join(',\n')}\n        }`;
}

/**
 * A scaling file's text in the layout of `docs/spec/quantizer.md`, section 6: `{"network": [entry, ...]}`, sorted keys, four spaces,
 * one element a line, thresholds and scale factors always with a decimal point or exponent, whole numbers never; ASCII,
 * with a newline at the end. Throws `data` where a number is infinite, NaN, or fractional under a key of whole numbers.
 */
export function formatScaling(entries: readonly ScalingEntry[]): string {
  const format = (entry: ScalingEntry): string => {
    try {
      return formatEntry(entry);
    } catch (error) {
      throw error instanceof XfdnnError ? error.within(`entry "${entry.name}"`) : error;
    }
  };
  const list = entries.length === 0 ? '[]' : `[\n${entries.map(format).join(',\n')}\n    ]`;
  return `{\n    "network": ${list}\n}\n`;
}
