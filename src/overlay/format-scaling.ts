import type { ScalingEntry } from '../scaling/index.js';

/** Keys whose numbers are whole and are written without a decimal point; all other numbers always bear one. */
const WHOLE = new Set(['bw_layer_in', 'bw_layer_out', 'bw_params', 'prescale_shift', 'scale', 'postscale_shift']);

/** The shortest digits that read back as the same double, always with a decimal point or an exponent of two digits. */
export function formatFloat(value: number): string {
  const text = String(value);
  const [digits, exponent] = text.split('e') as [string, string | undefined];
  const size = Math.abs(value);
  if (exponent === undefined && ((size >= 1e-4 && size < 1e16) || size === 0)) return digits.includes('.') ? digits : `${digits}.0`;
  const [mantissa, power] = (exponent === undefined ? value.toExponential() : text).split('e') as [string, string];
  return `${mantissa}e${power.replace(/^([+-])(\d)$/, '$10$2')}`;
}

function formatValue(key: string, value: unknown, indent: string): string {
  if (typeof value === 'number') return WHOLE.has(key) ? String(value) : formatFloat(value);
  if (!Array.isArray(value)) return JSON.stringify(value);
  if (value.length === 0) return '[]';
  const inner = `${indent}    `;
  return `[\n${value.map((item) => inner + formatValue(key, item, inner)).join(',\n')}\n${indent}]`;
}

/**
 * A scaling file's text as QUANTIZER.md, section 6 lays it out: sorted keys, four spaces, thresholds and scale
 * factors always with a decimal point or exponent, whole numbers never.
 */
export function formatScaling(entries: readonly ScalingEntry[]): string {
  const indent = ' '.repeat(12);
  const one = (entry: ScalingEntry): string => {
    const lines = Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${indent}${JSON.stringify(key)}: ${formatValue(key, value, indent)}`);
    return `        {\n${lines.join(',\n')}\n        }`;
  };
  const list = entries.length === 0 ? '[]' : `[\n${entries.map(one).join(',\n')}\n    ]`;
  return `{\n    "network": ${list}\n}\n`;
}
