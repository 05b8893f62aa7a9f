/** A set of layers of 16 bits, with what it gives. */
export interface JudgedSet<J> {
  /** Indices, ascending. */
  readonly layers: readonly number[];
  readonly judgement: J;
}

/** What a search for a cheap set of layers works with. */
export interface WidthSearch<J> {
  /** Layers by index, the most useful first. */
  readonly order: readonly number[];
  /** A set with the layers that must be in it, too. */
  together(layers: ReadonlySet<number>): ReadonlySet<number>;
  /** Cost of a layer, at least 0. */
  cost(layer: number): number;
  /** What a set gives: layers by index, ascending. */
  judge(layers: readonly number[]): Promise<J>;
  isEnough(judgement: J): boolean;
}

/**
 * A cheap set of layers that gives enough: the shortest beginning of the order, found by halving, then without each layer,
 * the most costly first, that it can do without. Where all layers do not give enough, all of them.
 */
export async function searchWidths<J>(search: WidthSearch<J>): Promise<JudgedSet<J>> {
  const known = new Map<string, JudgedSet<J>>();
  const judged = async (set: ReadonlySet<number>): Promise<JudgedSet<J>> => {
    const layers = [...set].sort((a, b) => a - b);
    const found = known.get(layers.join()) ?? { layers, judgement: await search.judge(layers) };
    known.set(layers.join(), found);
    return found;
  };
  const beginning = (count: number): ReadonlySet<number> => search.together(new Set(search.order.slice(0, count)));
  const none = await judged(new Set());
  if (search.isEnough(none.judgement)) return none;
  let best = await judged(beginning(search.order.length));
  if (!search.isEnough(best.judgement)) return best;
  let [low, high] = [0, search.order.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const half = await judged(beginning(middle));
    if (search.isEnough(half.judgement)) [high, best] = [middle, half];
    else low = middle;
  }
  for (const layer of [...best.layers].sort((a, b) => search.cost(b) - search.cost(a) || a - b)) {
    const smaller = search.together(new Set(best.layers.filter((other) => other !== layer)));
    if (smaller.size >= best.layers.length) continue;
    const without = await judged(smaller);
    if (search.isEnough(without.judgement)) best = without;
  }
  return best;
}
