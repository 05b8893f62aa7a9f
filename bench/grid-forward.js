import { dequantize, quantize, requantize } from '../dist/src/calibration/grid-kernels.js';
import { weightCodes } from '../dist/src/calibration/weight-codes.js';
import { gridStep } from '../dist/src/fixed/grid.js';
import { shapesOf } from '../dist/src/graph/shapes.js';
import { lowerSumCodes } from '../dist/src/kernels/elementwise.js';
import { gridEpilogue } from '../dist/src/kernels/epilogue.js';
import { opOf } from '../dist/src/ops/index.js';
import { referenceLowering } from '../dist/src/runtime/reference-lowering.js';
import { elements } from '../dist/src/tensor.js';

/** @typedef {import('../dist/src/calibration/field.js').Step} Step */
/** @typedef {import('../dist/src/calibration/field.js').Ref} Ref */
/** @typedef {import('../dist/src/graph/graph.js').Graph} Graph */
/** @typedef {import('../dist/src/kernels/engine.js').Engine} Engine */
/** @typedef {import('../dist/src/kernels/lowering.js').Lowering} Lowering */
/** @typedef {{ th: number, bw: number }} Grid */

/**
 * A stored form of a value: `first` and `last` number the actions that write and read it.
 * @typedef {{ id: number, form: 'raw' | 'codes', bytes: number, first: number, last: number, at: number }} Slot
 */

/**
 * The walk's steps once more, with the thresholds it found: 8-bit codes in, codes out of every layer, one image at a
 * time, weights packed once. A value the walk stores unrounded until its threshold is known is rounded as it is
 * computed. The codes are the walk's.
 */
export class GridForward {
  /** @type {{ slot: Slot | null, dead: Slot[], run: () => void }[]} */
  #actions = [];
  /** The slot a form is in at this point of the compilation. @type {Map<string, Slot>} */
  #current = new Map();
  /** @type {Float32Array} */
  #feed = new Float32Array();

  /** @param {Engine} engine @param {Graph} graph @param {readonly Step[]} steps what the walk asked its field for */
  constructor(engine, graph, steps) {
    this.engine = engine;
    this.graph = graph;
    this.rounded = roundedAtOnce(steps);
    const slots = steps.flatMap((step) => this.#compile(step) ?? []);
    for (const slot of slots) this.#actions[slot.last].dead.push(slot);
  }

  /** One image. @param {Float32Array} feed @param {(slot: Slot) => void} [visit] sees each form as it is stored */
  run(feed, visit) {
    const { heap } = this.engine;
    this.#feed = feed;
    for (const { slot, dead, run } of this.#actions) {
      if (slot !== null) slot.at = heap.alloc(slot.bytes);
      run();
      if (slot !== null) visit?.(slot);
      for (const { at } of dead) heap.free(at);
    }
  }

  /** @param {Step} step @returns {Slot | undefined} */
  #compile(step) {
    switch (step.do) {
      case 'input':
        return this.#act(step.output, 'raw', [], (_from, to) =>
          this.engine.heap.f32(to, this.#feed.length).set(this.#feed),
        );
      case 'weighted':
        return this.#prepared(
          step.output,
          this.rounded.has(step.output) ? 'codes' : 'raw',
          [step.input],
          this.#weighted(step),
        );
      case 'pool':
        return this.#prepared(this.#output(step.node), 'codes', [step.input], this.#pool(step.node));
      case 'float':
        return this.#float(step);
      case 'eltwise':
        return this.#eltwise(step);
      case 'concat':
        return this.#concat(step);
      case 'round':
        return step.from.form === 'raw' && this.rounded.has(step.from.id)
          ? undefined
          : this.#act(step.from.id, 'codes', [step.from], ([from], to) => this.#roundTo(step.from, from, to, step));
      case 'free':
        return undefined;
      default:
        throw new Error(`grid forward: expected the steps of the bench's networks, got ${step.do}.`);
    }
  }

  /** @param {number} id @param {'raw' | 'codes'} form @param {readonly Ref[]} reads @param {(from: number[], to: number) => void} run */
  #act(id, form, reads, run) {
    const index = this.#actions.length;
    const from = reads.map((ref) => this.#read(ref, index));
    const slot = { id, form, bytes: this.#size(id) * (form === 'raw' ? 4 : 1), first: index, last: index, at: 0 };
    this.#current.set(`${id}:${form}`, slot);
    this.#actions.push({
      slot,
      dead: [],
      run: () =>
        run(
          from.map(({ at }) => at),
          slot.at,
        ),
    });
    return slot;
  }

  /** @param {Ref} ref @param {number} index of the reading action */
  #read(ref, index) {
    const slot = /** @type {Slot} */ (
      this.#current.get(`${ref.id}:${ref.form === 'raw' && this.rounded.has(ref.id) ? 'codes' : ref.form}`)
    );
    slot.last = index;
    return slot;
  }

  /** @param {number} id */
  #size(id) {
    return elements(this.graph.values[id].shape);
  }

  /** @param {number} node */
  #output(node) {
    return this.graph.nodes[node].outputs[0];
  }

  /** @param {Lowering} lowering @returns {(from: number[], to: number) => void} */
  #ready(lowering) {
    const [constants, scratch] = [this.engine.heap.alloc(lowering.constants), this.engine.heap.alloc(lowering.scratch)];
    lowering.prepare(this.engine, constants);
    return (inputs, to) => lowering.run(this.engine, { inputs, outputs: [to], constants, scratch });
  }

  /** @param {number} id @param {'raw' | 'codes'} form @param {readonly Ref[]} reads @param {Lowering} lowering */
  #prepared(id, form, reads, lowering) {
    return this.#act(id, form, reads, this.#ready(lowering));
  }

  /** As the walk runs it, but ending in codes where they are all that is read. @param {Step & { do: 'weighted' }} step @returns {Lowering} */
  #weighted(step) {
    const node = this.graph.nodes[step.node];
    const shapes = shapesOf(this.graph, node);
    const channels = step.thParams.length;
    const accumulation = opOf(node).accumulate?.(
      node,
      shapes,
      weightCodes(this.engine, node, step.thParams, step.bwParams),
      { input: step.input.bw, params: step.bwParams },
    );
    const fused = step.fused === null ? undefined : this.graph.nodes[step.fused];
    const activation = fused && /** @type {any} */ (opOf(fused).rule(fused, shapesOf(this.graph, fused)));
    const stepParams = step.thParams.map((th) => gridStep(th, step.bwParams));
    const grid = this.rounded.get(step.output);
    const target = grid && { bits: grid.bw, threshold: Math.fround(grid.th), step: gridStep(grid.th, grid.bw) };
    const end = {
      stepIn: gridStep(step.input.th, step.input.bw),
      stepParams,
      bias: node.params[1]?.data ?? null,
      activation,
    };
    const lowering = accumulation?.fuse?.(
      gridEpilogue({ channels, pixels: this.#size(step.output) / channels, layout: 'NCHW' }, end, target),
    );
    if (lowering === undefined) throw new Error(`grid forward: layer "${node.name}" does not fuse its end.`);
    return lowering;
  }

  /** @param {number} index @returns {Lowering} */
  #pool(index) {
    const node = this.graph.nodes[index];
    return /** @type {Lowering} */ (opOf(node).lowerCodes?.(node, shapesOf(this.graph, node), 8));
  }

  /** @param {Step & { do: 'float' }} step */
  #float(step) {
    const node = this.graph.nodes[step.node];
    const run = this.#ready(
      opOf(node).lower?.(node, shapesOf(this.graph, node)) ?? referenceLowering(this.graph, node),
    );
    const copies = step.inputs.map((ref) =>
      ref.form === 'codes' ? this.engine.heap.alloc(this.#size(ref.id) * 4) : 0,
    );
    return this.#floats(this.#output(step.node), step.inputs, (from, to) => {
      step.inputs.forEach(
        (ref, i) =>
          ref.form === 'codes' && dequantize(this.engine, from[i], copies[i], this.#size(ref.id), ref.th, ref.bw),
      );
      run(
        from.map((at, i) => copies[i] || at),
        to,
      );
    });
  }

  /** @param {Step & { do: 'eltwise' }} step */
  #eltwise(step) {
    const rule = /** @type {any} */ (
      opOf(this.graph.nodes[step.node]).rule(
        this.graph.nodes[step.node],
        shapesOf(this.graph, this.graph.nodes[step.node]),
      )
    );
    const id = this.#output(step.node);
    const sf = gridStep(step.th, step.bw);
    const run = this.#ready(
      lowerSumCodes(
        this.#size(id),
        rule.coefficients.map((/** @type {number} */ factor) => factor * sf),
        step.bw,
      ),
    );
    const again = step.inputs.map((ref) => (ref.th === step.th ? 0 : this.engine.heap.alloc(this.#size(id))));
    return this.#floats(id, step.inputs, (from, to) => {
      step.inputs.forEach((ref, i) => again[i] && this.#roundTo(ref, from[i], again[i], step));
      let target = to;
      from.forEach((at, i) => {
        const source = again[i] || at;
        heap.all.u8.copyWithin(target, source, source + sizes[i]);
        target += sizes[i];
      });
    });
  }

  /** Float32 results, rounded where only that is read. @param {number} id @param {readonly Ref[]} reads @param {(from: number[], to: number) => void} run */
  #floats(id, reads, run) {
    const grid = this.rounded.get(id);
    if (grid === undefined) return this.#act(id, 'raw', reads, run);
    const exact = this.engine.heap.alloc(this.#size(id) * 4);
    return this.#act(id, 'codes', reads, (from, to) => {
      run(from, exact);
      quantize(this.engine, exact, to, this.#size(id), grid.th, grid.bw);
    });
  }

  /** @param {Step & { do: 'concat' }} step */
  #concat(step) {
    const sizes = step.inputs.map(({ id }) => this.#size(id));
    const { heap } = this.engine;
    const same = step.inputs.map((ref) => (ref.form === 'raw' ? this.rounded.has(ref.id) : ref.th === step.th));
    const again = sizes.map((size, i) => (same[i] ? 0 : this.engine.heap.alloc(size)));
    return this.#act(this.#output(step.node), 'codes', step.inputs, (from, to) => {
      step.inputs.forEach((ref, i) => again[i] && this.#roundTo(ref, from[i], again[i], step));
      let target = to;
      from.forEach((at, i) => {
        const source = again[i] || at;
        heap.all.u8.copyWithin(target, source, source + sizes[i]);
        target += sizes[i];
      });
    });
  }

  /** @param {Ref} ref @param {number} from @param {number} to @param {Grid} grid */
  #roundTo(ref, from, to, { th, bw }) {
    if (ref.form === 'raw') quantize(this.engine, from, to, this.#size(ref.id), th, bw);
    else requantize(this.engine, from, to, this.#size(ref.id), ref, th, bw);
  }
}

/** Values whose one reader of the unrounded form rounds it, and that reader's grid. @param {readonly Step[]} steps @returns {Map<number, Grid>} */
function roundedAtOnce(steps) {
  /** @type {Map<number, Grid | null>} */
  const grids = new Map();
  for (const step of steps) {
    const reads = step.do === 'round' ? [step.from] : 'inputs' in step ? step.inputs : [];
    const grid = step.do === 'round' || step.do === 'concat' ? { th: step.th, bw: step.bw } : null;
    for (const { id, form } of reads) if (form === 'raw') grids.set(id, grids.has(id) ? null : grid);
  }
  for (const step of steps) if (step.do === 'input') grids.delete(step.output);
  return /** @type {Map<number, Grid>} */ (new Map([...grids].filter(([, grid]) => grid !== null)));
}
