import { crc32 } from './crc32.js';
import { storedZlib } from './zlib-stored.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A picture of 8-bit samples, row-major, channels interlaced. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for RGB. */
  readonly channels: 1 | 3;
  readonly samples: Uint8Array;
}

/** A PNG file whose data are stored uncompressed. Source: PNG specification, sections 5 and 11. */
export function encodePng({ width, height, channels, samples }: Picture): Uint8Array {
  const row = width * channels;
  const rows = new Uint8Array(height * (row + 1)); // each row has a filter byte, 0 for none
  for (let y = 0; y < height; y++) rows.set(samples.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 3 ? 2 : 0], 8);
  const parts = [
    Uint8Array.from(SIGNATURE),
    pngChunk('IHDR', header),
    pngChunk('IDAT', storedZlib(rows)),
    pngChunk('IEND', new Uint8Array(0)),
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** A chunk of a PNG file: length, name, data, checksum. */
function pngChunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}
