/** A set of layers of 16 bits, with what it gives. */
export interface JudgedSet<J> {
  /** Indices, ascending. */
  readonly layers: readonly number[];
  readonly judgement: J;
}

/** What a search for a cheap set of layers works with. */
export interface WidthSearch<J> {
  /** Layers by index, the most useful first, in each order that is tried. */
  readonly orders: readonly (readonly number[])[];
  /** A set with the layers that must be in it, too. */
  together(layers: ReadonlySet<number>): ReadonlySet<number>;
  /** Cost of a layer, at least 0. */
  cost(layer: number): number;
  /** What a set gives: layers by index, ascending. */
  judge(layers: readonly number[]): Promise<J>;
  isEnough(judgement: J): boolean;
}

/**
 * A cheap set of layers that gives enough: of each order a short beginning, without each layer, the most costly first, that it
 * can do without; of the orders the cheapest one's. Where all layers do not give enough, all of them.
 */
export async function searchWidths<J>(search: WidthSearch<J>): Promise<JudgedSet<J>> {
  const known = new Map<string, JudgedSet<J>>();
  const judged = async (set: ReadonlySet<number>): Promise<JudgedSet<J>> => {
    const layers = [...set].sort((a, b) => a - b);
    const found = known.get(layers.join()) ?? { layers, judgement: await search.judge(layers) };
    known.set(layers.join(), found);
    return found;
  };
  let best = await judged(new Set());
  if (search.isEnough(best.judgement)) return best;
  for (const [i, order] of search.orders.entries()) {
    const limit = i === 0 ? Infinity : costOf(search, best.layers);
    const beginning = await shortestBeginning(search, judged, order, limit);
    if (beginning !== undefined) best = await withoutIdle(search, judged, beginning);
    if (!search.isEnough(best.judgement)) return best;
  }
  return best;
}

type Judged<J> = (set: ReadonlySet<number>) => Promise<JudgedSet<J>>;

const costOf = (search: Pick<WidthSearch<unknown>, 'cost'>, layers: Iterable<number>): number =>
  [...layers].reduce((sum, layer) => sum + search.cost(layer), 0);

/**
 * A short beginning of an order that gives enough, found by doubling, then by halving; undefined where none that costs less than
 * the limit does. Without a limit, the whole order where it does not give enough.
 */
async function shortestBeginning<J>(
  search: WidthSearch<J>,
  judged: Judged<J>,
  order: readonly number[],
  limit: number,
): Promise<JudgedSet<J> | undefined> {
  const beginning = (count: number): ReadonlySet<number> => search.together(new Set(order.slice(0, count)));
  let last = order.length;
  while (last > 0 && costOf(search, beginning(last)) >= limit) last--;
  if (last === 0) return limit === Infinity ? judged(new Set()) : undefined;
  let [low, high] = [0, 1];
  let best = await judged(beginning(high));
  while (!search.isEnough(best.judgement)) {
    if (high === last) return limit === Infinity ? best : undefined;
    [low, high] = [high, Math.min(2 * high, last)];
    best = await judged(beginning(high));
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const half = await judged(beginning(middle));
    if (search.isEnough(half.judgement)) [high, best] = [middle, half];
    else low = middle;
  }
  return best;
}

/** A set that gives enough without each layer, the most costly first, that it can do without; another set as it is. */
async function withoutIdle<J>(search: WidthSearch<J>, judged: Judged<J>, set: JudgedSet<J>): Promise<JudgedSet<J>> {
  if (!search.isEnough(set.judgement)) return set;
  let best = set;
  for (const layer of [...set.layers].sort((a, b) => search.cost(b) - search.cost(a) || a - b)) {
    const smaller = search.together(new Set(best.layers.filter((other) => other !== layer)));
    if (smaller.size >= best.layers.length) continue;
    const without = await judged(smaller);
    if (search.isEnough(without.judgement)) best = without;
  }
  return best;
}
