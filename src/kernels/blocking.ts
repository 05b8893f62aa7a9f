/** How a matrix product is cut: `depth` of k at a time, over strips of `columns` pixels. */
export interface Blocking {
  readonly depth: number;
  readonly columns: number;
}

/** A block of A (4 rows) and a panel of B (8 columns) together fill about half of a 32 kB first-level cache. */
const DEPTH = 384;
/** A strip of panels stays in the second-level cache beside the weights that stream through. */
const STRIP_BYTES = 192 * 1024;

/** Even blocks of at most `most` k, and strips of whole panels. Sizes change speed only: each sum keeps its order. */
export function blockProduct(depth: number, columns: number, most = DEPTH): Blocking {
  const blocks = Math.ceil(depth / most);
  const size = Math.ceil(depth / blocks);
  const strip = Math.max(8, Math.floor(STRIP_BYTES / (size * 4) / 8) * 8);
  const strips = Math.ceil(columns / strip);
  return { depth: size, columns: Math.ceil(Math.ceil(columns / strips) / 8) * 8 };
}
