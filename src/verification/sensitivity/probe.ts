import { required } from '../../error.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import type { Engine } from '../../kernels/engine.js';
import type { Entries } from '../../placement/wanted-grids.js';
import type { OverlayChoice } from '../../scaling/index.js';
import { measureError } from '../compare-activations.js';
import { outputValues } from '../output-values.js';
import { isVector, type RankedOutput, rankOutput } from '../ranked-outputs.js';
import { type Activations, activation, equal, LayerArithmetic } from './layer-arithmetic.js';
import type { LayerStep } from './layer-steps.js';

/** How far one run of an image is from float: plain data. */
export interface Distance {
  /** Sum of squared differences, for each measured output. */
  readonly noise: readonly number[];
  /** The best class of each output that is a vector. */
  readonly best: readonly number[];
}

/** An image in float32 and as deployed. */
export interface ImageBase {
  /** Sum of squares in float32, for each measured output. */
  readonly signal: readonly number[];
  /** The best classes in float32 of each output that is a vector. */
  readonly float: readonly RankedOutput[];
  readonly deployed: Distance;
}

/** One layer of one image. */
export interface LayerDistances {
  /** With only this layer quantized. */
  readonly quantized: Distance;
  /** With only this layer in float32. */
  readonly float: Distance;
}

/** An image whose activations are known in both arithmetics. */
interface Opened {
  readonly float: Activations;
  readonly deployed: Activations;
}

/** Measures what each layer of a network alone costs at its outputs. One per engine; `graph` as it is calibrated. */
export class SensitivityProbe {
  /** The layers that round, in network order. */
  readonly layers: readonly LayerStep[];
  private readonly arithmetic: LayerArithmetic;
  private readonly measured: readonly ValueId[];
  private readonly vectors: readonly ValueId[];
  private image: Opened | null = null;

  constructor(
    engine: Engine,
    private readonly graph: Graph,
    entries: Entries,
    overlay: OverlayChoice,
  ) {
    this.arithmetic = new LayerArithmetic(engine, graph, entries, overlay);
    const { analysis } = this.arithmetic.placement;
    this.layers = this.arithmetic.steps.filter(({ isRounded }) => isRounded);
    this.measured = outputValues(analysis, (id) => analysis.rule(analysis.writerOf(id)).kind !== 'shape');
    this.vectors = graph.outputs.filter((id) => isVector(analysis.value(id).shape));
  }

  /** Runs an image in both arithmetics, and keeps its activations for {@link measure}. `feeds`: float32 data of the graph's inputs. */
  open(feeds: readonly Float32Array[]): ImageBase {
    const { arithmetic, graph } = this;
    const fed = graph.inputs.map((id, i) => [id, feeds[i] ?? new Float32Array()] as const);
    const [float, deployed] = [new Map(fed), new Map(fed)];
    for (const step of arithmetic.steps) {
      for (const [id, data] of arithmetic.float(step, float)) float.set(id, data);
      for (const [id, data] of arithmetic.deployed(step, deployed)) deployed.set(id, data);
    }
    this.image = { float, deployed };
    return {
      signal: this.measured.map((id) => measureError(activation(float, id), activation(float, id)).signal),
      float: this.vectors.map((id) => rankOutput(id, activation(float, id), activation(float, id))),
      deployed: this.distance(float, deployed),
    };
  }

  /** The distances of the open image with only this one of {@link layers} quantized, and with only it in float32. */
  measure(layer: number): LayerDistances {
    const { arithmetic } = this;
    const step = required(this.layers[layer], 'sensitivity', `layer ${layer}`);
    const { float, deployed } = required(this.image ?? undefined, 'sensitivity', 'an open image');
    const quantized = arithmetic.deployed(step, float, float);
    // The network's input is read as it is fed.
    const unrounded = arithmetic.float(step, step.inputs.length === 0 ? float : deployed);
    return {
      quantized: this.distance(
        float,
        this.withChange(float, quantized, (next, activations) => arithmetic.float(next, activations)),
      ),
      float: this.distance(
        float,
        this.withChange(deployed, unrounded, (next, activations) => arithmetic.deployed(next, activations)),
      ),
    };
  }

  /** An image's activations after some of them were replaced: only the layers that depend on what differs run again. */
  private withChange(
    base: Activations,
    replaced: Activations,
    run: (step: LayerStep, activations: Activations) => Activations,
  ): Activations {
    const activations = new Map(base);
    const changed = new Set<ValueId>();
    const replace = (results: Activations): void => {
      for (const [id, data] of results) {
        if (equal(data, activation(base, id))) continue;
        activations.set(id, data);
        changed.add(id);
      }
    };
    replace(replaced);
    for (const step of this.arithmetic.steps)
      if (step.inputs.some((id) => changed.has(id))) replace(run(step, activations));
    return activations;
  }

  private distance(float: Activations, other: Activations): Distance {
    return {
      noise: this.measured.map((id) => measureError(activation(float, id), activation(other, id)).noise),
      best: this.vectors.map((id) => rankOutput(id, activation(other, id), activation(other, id)).float[0] ?? 0),
    };
  }
}
