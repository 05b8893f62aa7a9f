/**
 * A baseline JPEG writer, just enough to make photographs' stand-ins: three components without subsampling, one pair
 * of quantization tables, the Huffman tables of the standard's annex K.3 for luminance.
 */

const ZIGZAG = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
];

/** Quantization: finer for low frequencies, about a camera's quality. */
const STEPS = ZIGZAG.map((at) => 2 + (at % 8) + (at >> 3));

const DC = {
  lengths: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
  symbols: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
};

const AC = {
  lengths: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
  symbols: [
    ...Buffer.from(
      '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a' +
        '535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6' +
        'c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
      'hex',
    ),
  ],
};

/** Cosines of the transform: [frequency][sample], normalised. */
const COSINES = Array.from({ length: 8 }, (_, u) =>
  Array.from({ length: 8 }, (__, x) => (Math.cos(((2 * x + 1) * u * Math.PI) / 16) * (u === 0 ? Math.SQRT1_2 : 1)) / 2),
);

/** @param {{ lengths: readonly number[], symbols: readonly number[] }} table @returns {Map<number, readonly [code: number, length: number]>} */
function codesOf({ lengths, symbols }) {
  const codes = new Map();
  let [code, next] = [0, 0];
  lengths.forEach((count, index) => {
    for (let i = 0; i < count; i++) codes.set(symbols[next++], [code++, index + 1]);
    code *= 2;
  });
  return codes;
}

/** Bits, highest first, a zero byte stuffed behind each 0xff. */
class Bits {
  /** @type {number[]} */
  bytes = [];
  #held = 0;
  #count = 0;

  /** @param {number} value @param {number} length */
  put(value, length) {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.#held = this.#held * 2 + ((value >> bit) & 1);
      if (++this.#count < 8) continue;
      this.bytes.push(this.#held);
      if (this.#held === 255) this.bytes.push(0);
      [this.#held, this.#count] = [0, 0];
    }
  }

  finish() {
    while (this.#count > 0) this.put(1, 1);
    return this.bytes;
  }
}

const [dcCodes, acCodes] = [codesOf(DC), codesOf(AC)];

/** Number of bits of a coefficient's magnitude. @param {number} value */
const category = (value) => 32 - Math.clz32(Math.abs(value));

/** @param {Bits} bits @param {Map<number, readonly [number, number]>} codes @param {number} symbol @param {number} value */
function putCoefficient(bits, codes, symbol, value) {
  const [code, length] = codes.get(symbol) ?? [0, 0];
  const size = category(value);
  bits.put(code, length);
  bits.put(value < 0 ? value + (1 << size) - 1 : value, size);
}

/** @param {Bits} bits @param {readonly number[]} block 64 quantized coefficients in zigzag order @param {number} before the last block's first */
function putBlock(bits, block, before) {
  putCoefficient(bits, dcCodes, category(block[0] - before), block[0] - before);
  let zeros = 0;
  for (let i = 1; i < 64; i++) {
    if (block[i] === 0) {
      zeros++;
      continue;
    }
    for (; zeros > 15; zeros -= 16) putCoefficient(bits, acCodes, 0xf0, 0);
    putCoefficient(bits, acCodes, zeros * 16 + category(block[i]), block[i]);
    zeros = 0;
  }
  if (zeros > 0) putCoefficient(bits, acCodes, 0, 0);
}

/** Coefficients of 8 x 8 samples, quantized, in zigzag order. @param {(x: number, y: number) => number} sample @returns {number[]} */
function transform(sample) {
  const rows = Array.from({ length: 8 }, (_, y) =>
    COSINES.map((wave) => wave.reduce((sum, cosine, x) => sum + cosine * sample(x, y), 0)),
  );
  return ZIGZAG.map((at, i) =>
    Math.round(COSINES[at >> 3].reduce((sum, cosine, y) => sum + cosine * rows[y][at % 8], 0) / STEPS[i]),
  );
}

/** @param {number} marker @param {readonly number[]} content */
const segment = (marker, content) => [0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255, ...content];

/**
 * @param {number} width @param {number} height both multiples of 8
 * @param {(component: number, x: number, y: number) => number} sample Y, Cb or Cr at a pixel, -128 to 127
 */
export function writeJpeg(width, height, sample) {
  const bits = new Bits();
  const before = [0, 0, 0];
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let component = 0; component < 3; component++) {
        const block = transform((x, y) => sample(component, left + x, top + y));
        putBlock(bits, block, before[component]);
        before[component] = block[0];
      }
    }
  }
  const frame = [8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
  return Uint8Array.from([
    0xff,
    0xd8,
    ...segment(0xdb, [0, ...STEPS]),
    ...segment(0xc0, frame),
    ...segment(0xc4, [0, ...DC.lengths, ...DC.symbols]),
    ...segment(0xc4, [0x10, ...AC.lengths, ...AC.symbols]),
    ...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    ...bits.finish(),
    0xff,
    0xd9,
  ]);
}
