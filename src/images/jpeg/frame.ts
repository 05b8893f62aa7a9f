import { fail } from '../../error.js';

/** One component of a frame, its coefficients filled by the scans. */
export interface Component {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  readonly quantizationIndex: number;
  /** Samples. */
  readonly width: number;
  readonly height: number;
  /** Blocks that hold samples; a scan of this component alone has just these. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Blocks of a row in `coefficients`: those of whole MCUs. */
  readonly stride: number;
  /** 64 of each block, row-major within the block, not yet multiplied by the quantization table. */
  readonly coefficients: Int16Array;
  /** The table in force at the component's first scan, row-major; undefined before. */
  quantization: Uint16Array | undefined;
}

/** A frame header with the geometry that follows from it. */
export interface Frame {
  readonly progressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly mcusAcross: number;
  readonly mcusDown: number;
  /** The greatest sampling factors. */
  readonly maxH: number;
  readonly maxV: number;
  readonly components: readonly Component[];
}

/** Beyond any photograph, and small enough that a broken header is an error and not an exhausted memory. */
const MEGAPIXELS = 300;

/** Reads the payload of a frame header (SOF0, SOF1 or SOF2). `where` names the file. Throws `format` for what is not decoded. */
export function readFrame(payload: Uint8Array, progressive: boolean, where: string): Frame {
  const [precision = 0, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, count = 0] = payload;
  const height = heightHigh * 256 + heightLow;
  const width = widthHigh * 256 + widthLow;
  if (precision !== 8) fail('format', where, `expected a JPEG image of 8 bits, got one of ${precision}.`, 'Convert it.');
  if (width * height === 0 || width * height > MEGAPIXELS * 1e6) {
    fail('format', where, `expected a JPEG image of 1 pixel to ${MEGAPIXELS} megapixels, got ${width}x${height}.`, 'Convert it.');
  }
  if (![1, 3, 4].includes(count) || payload.length < 6 + 3 * count) {
    fail('format', where, `expected a JPEG image of 1, 3 or 4 components, got ${count}.`, 'Convert it.');
  }
  const factors = Array.from({ length: count }, (_, k) => [payload[7 + 3 * k]! >> 4, payload[7 + 3 * k]! & 15] as const);
  if (factors.some(([h, v]) => h < 1 || h > 4 || v < 1 || v > 4)) fail('format', where, 'expected sampling factors from 1 to 4, got others.', 'The JPEG image is broken; replace it.');
  const maxH = Math.max(...factors.map(([h]) => h));
  const maxV = Math.max(...factors.map(([, v]) => v));
  const size = { width, height, maxH, maxV, mcusAcross: Math.ceil(width / (8 * maxH)), mcusDown: Math.ceil(height / (8 * maxV)) };
  const components = factors.map(([h, v], k) => component(payload[6 + 3 * k]!, h, v, payload[8 + 3 * k]!, size));
  return { progressive, ...size, components };
}

function component(id: number, h: number, v: number, quantizationIndex: number, frame: Omit<Frame, 'progressive' | 'components'>): Component {
  const width = Math.ceil((frame.width * h) / frame.maxH);
  const height = Math.ceil((frame.height * v) / frame.maxV);
  const stride = frame.mcusAcross * h;
  return {
    id,
    h,
    v,
    quantizationIndex,
    width,
    height,
    blocksAcross: Math.ceil(width / 8),
    blocksDown: Math.ceil(height / 8),
    stride,
    coefficients: new Int16Array(stride * frame.mcusDown * v * 64),
    quantization: undefined,
  };
}
