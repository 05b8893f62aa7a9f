import type { EmulatedValue } from '../../emulator/emulator.js';
import { type ComputedLayer, IncrementalEmulator } from '../../emulator/incremental-emulator.js';
import type { LayerClips } from '../../emulator/single-layer.js';
import { required } from '../../error.js';
import { unquantizeTensorArray } from '../../fixed/index.js';
import { expectFiniteInputs } from '../../graph/expect-finite.js';
import { type Graph, graphValue, type ValueId } from '../../graph/graph.js';
import type { Engine } from '../../kernels/engine.js';
import type { Entries } from '../../placement/wanted-grids.js';
import { Runner } from '../../runtime/runner.js';
import type { OverlayChoice } from '../../scaling/index.js';
import { type ErrorSum, noError } from '../compare-activations.js';
import { comparedLayers } from '../compared-layers.js';
import { Comparison } from '../comparison.js';
import { isVector, type RankedOutput, rankOutput } from '../ranked-outputs.js';

/** The five best classes of an output vector with their scores, by float and by the overlay; see {@link RankedOutput}. */
export interface ScoredOutput extends RankedOutput {
  /** The scores of {@link RankedOutput.float} in float32, best first. */
  readonly floatScores: readonly number[];
  /** The scores of {@link RankedOutput.fixed} on the overlay, best first. */
  readonly fixedScores: readonly number[];
}

/** A layer that was computed again for one image: plain data. */
export interface LiveStep {
  /** Number of the image in its source. */
  readonly image: number;
  /** Index of the layer's node. */
  readonly node: number;
  readonly clips: LayerClips;
  /** The values that differ from what they were, those of them that are compared with the float forward pass. */
  readonly errors: readonly (readonly [ValueId, ErrorSum])[];
  /** The outputs of the network among them. */
  readonly outputs: readonly ScoredOutput[];
}

interface LiveImage {
  readonly number: number;
  readonly feeds: readonly Float32Array[];
  /** Addresses of the float32 activations that are compared. */
  readonly floats: Map<ValueId, number>;
}

/** Images in float32 and on the emulated overlay, side by side, kept for one change of the entries after another. One per engine. */
export class LiveImages {
  private readonly emulator: IncrementalEmulator;
  private readonly images: LiveImage[] = [];
  private readonly comparison: Comparison;
  private compared: ReadonlySet<ValueId> = new Set();
  /** What {@link step} looks at next: layer after layer, image after image in each. */
  private next = 0;
  private readonly vectors: ReadonlySet<ValueId>;

  constructor(
    private readonly engine: Engine,
    private readonly graph: Graph,
  ) {
    this.emulator = new IncrementalEmulator(engine, graph);
    this.comparison = new Comparison(engine);
    this.vectors = new Set(graph.outputs.filter((id) => isVector(required(graph.values[id], 'live', 'output').shape)));
  }

  /** Keeps one more image. `number`: its place in the source. Throws `data` for values that are not finite. */
  add(number: number, feeds: readonly Float32Array[]): void {
    expectFiniteInputs(this.graph, feeds, number);
    this.emulator.add(feeds);
    this.images.push({ number, feeds, floats: new Map() });
  }

  /** Takes other entries; entries that are the same objects as before count as equal. Throws as {@link IncrementalEmulator.set}. */
  set(entries: Entries, overlay: OverlayChoice): void {
    this.emulator.set(entries, overlay);
    this.next = 0;
    this.compared = new Set(comparedLayers(this.emulator.placement).map(({ value }) => value));
    this.runFloat();
  }

  /**
   * Computes the next layer of an image that is out of date; null: none is. A layer is computed for all images before the next one, while
   * its weights are in the cache.
   */
  step(): LiveStep | null {
    const count = this.images.length;
    while (this.next < this.graph.nodes.length * count) {
      const [node, index] = [Math.floor(this.next / count), this.next % count];
      this.next++;
      const computed = this.emulator.step(index, node);
      if (computed !== null) return this.measured(index, required(this.images[index], 'live', 'image'), computed);
    }
    return null;
  }

  /** A copy of a value of an image, by its number in the source; undefined where the overlay stores none. */
  value(number: number, id: ValueId): EmulatedValue | undefined {
    const index = this.images.findIndex((image) => image.number === number);
    const value = index < 0 ? undefined : this.emulator.view(index, id);
    if (value === undefined) return undefined;
    const { placement, tensor } = value;
    return { placement, tensor: { shape: tensor.shape, data: tensor.data.slice() } };
  }

  private measured(index: number, { number, floats }: LiveImage, { node, clips, changed }: ComputedLayer): LiveStep {
    const errors: [ValueId, ErrorSum][] = [];
    const outputs: ScoredOutput[] = [];
    for (const id of changed) {
      const value = this.emulator.view(index, id);
      const float = floats.get(id);
      if (value === undefined || float === undefined) continue;
      if (this.compared.has(id)) errors.push([id, this.errorOf(id, float, value, number)]);
      if (this.vectors.has(id)) outputs.push(this.scored(id, float, value));
    }
    return { image: number, node, clips, errors, outputs };
  }

  private errorOf(id: ValueId, float: number, { placement, tensor }: EmulatedValue, image: number): ErrorSum {
    const { shape, layout } = graphValue(this.graph, id);
    const compared = { float, fixed: tensor.data.byteOffset, placement, shape, layout };
    return this.comparison.errors(compared, 0, image)[0] ?? noError;
  }

  private scored(id: ValueId, address: number, { placement, tensor: { data } }: EmulatedValue): ScoredOutput {
    const float = this.engine.heap.f32(address, data.length);
    const fixed =
      placement.kind === 'codes'
        ? unquantizeTensorArray(placement.grid.threshold, placement.grid.bits, data)
        : Float32Array.from(data);
    const ranked = rankOutput(id, float, fixed);
    return {
      ...ranked,
      floatScores: ranked.float.map((one) => float[one] ?? 0),
      fixedScores: ranked.fixed.map((one) => fixed[one] ?? 0),
    };
  }

  /** Runs in float32 the images of which a value is not known that is compared now. */
  private runFloat(): void {
    const wanted = [...new Set([...this.compared, ...this.vectors])];
    const open = this.images.filter(({ floats }) => wanted.some((id) => !floats.has(id)));
    if (open.length === 0) return;
    const runner = new Runner(this.engine, { ...this.graph, outputs: wanted });
    for (const { feeds, floats } of open)
      for (const [id, { data }] of runner.run(feeds)) if (!floats.has(id)) floats.set(id, this.kept(data));
    runner.free();
  }

  /** The address of a copy. */
  private kept(data: Float32Array): number {
    const { heap } = this.engine;
    const address = heap.alloc(data.byteLength);
    heap.f32(address, data.length).set(data);
    return address;
  }
}
