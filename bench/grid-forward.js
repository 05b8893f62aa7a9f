import { weightRows } from '../dist/src/analysis/weights.js';
import { dequantize, quantize, requantize } from '../dist/src/calibration/executor/grid-kernels.js';
import { weightCodes } from '../dist/src/calibration/executor/weight-codes.js';
import { formKey } from '../dist/src/calibration/step.js';
import { stepOf } from '../dist/src/fixed/grid.js';
import { shapesOf } from '../dist/src/graph/shapes.js';
import { lowerSumCodes } from '../dist/src/kernels/elementwise.js';
import { gridEpilogue } from '../dist/src/kernels/epilogue.js';
import { opOf } from '../dist/src/ops/index.js';
import { referenceLowering } from '../dist/src/runtime/reference-lowering.js';
import { elements } from '../dist/src/tensor.js';

/** @typedef {import('../dist/src/calibration/step.js').Step} Step */
/** @typedef {import('../dist/src/calibration/step.js').StoredForm} StoredForm */
/** @typedef {import('../dist/src/calibration/step.js').PlannedGrid} PlannedGrid */
/** @typedef {import('../dist/src/calibration/executor/executor.js').BoundThreshold} BoundThreshold */
/** @typedef {import('../dist/src/fixed/grid.js').Grid} Grid */
/** @typedef {import('../dist/src/graph/graph.js').Graph} Graph */
/** @typedef {import('../dist/src/kernels/engine.js').Engine} Engine */
/** @typedef {import('../dist/src/kernels/lowering.js').Lowering} Lowering */

/**
 * A stored form of a value: `first` and `last` number the actions that write and read it.
 * @typedef {{ form: StoredForm, bytes: number, first: number, last: number, at: number }} Slot
 */

/**
 * The plan's steps once more, with the thresholds that were found: 8-bit codes in, codes out of every layer, one image at a
 * time, weights packed once. A value that calibration stores unrounded until its threshold is known is rounded as it is
 * computed. The codes are those of the calibration.
 */
export class GridForward {
  /** @type {{ slot: Slot | null, dead: Slot[], run: () => void }[]} */
  #actions = [];
  /** The slot a form is in at this point of the compilation. @type {Map<string, Slot>} */
  #current = new Map();
  /** @type {Float32Array} */
  #feed = new Float32Array();

  /** @param {Engine} engine @param {Graph} graph @param {readonly Step[]} steps of the plan @param {readonly BoundThreshold[]} thresholds in them */
  constructor(engine, graph, steps, thresholds) {
    this.engine = engine;
    this.graph = graph;
    this.thresholds = new Map(thresholds);
    this.rounded = roundedAtOnce(steps);
    for (const step of steps) if (step.do === 'input') this.rounded.delete(this.#output(step.node));
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
        return this.#act({ value: this.#output(step.node), grid: null }, [], (_from, to) =>
          this.engine.heap.f32(to, this.#feed.length).set(this.#feed),
        );
      case 'weighted':
        return this.#prepared(this.#written(this.#output(step.fused ?? step.node)), [step.input], this.#weighted(step));
      case 'pool':
        return this.#prepared({ ...step.input, value: this.#output(step.node) }, [step.input], this.#pool(step.node));
      case 'float':
        return this.#float(step);
      case 'eltwise':
        return this.#eltwise(step);
      case 'concat':
        return this.#concat(step);
      case 'round':
        return step.from.grid === null && this.rounded.has(step.from.value)
          ? undefined
          : this.#act({ value: step.from.value, grid: step.grid }, [step.from], ([from], to) =>
              this.#roundTo(step.from, from, to, step.grid),
            );
      case 'free':
        return undefined;
      default:
        throw new Error(`grid forward: expected the steps of the bench's networks, got ${step.do}.`);
    }
  }

  /** The form in which a value is written: codes where these are all that is read. @param {number} value @returns {StoredForm} */
  #written(value) {
    return { value, grid: this.rounded.get(value) ?? null };
  }

  /** A grid with the number of its threshold. @param {PlannedGrid} grid @returns {Grid} */
  #grid({ threshold, bits }) {
    return { threshold: /** @type {number} */ (this.thresholds.get(threshold)), bits };
  }

  /** @param {StoredForm} form @param {readonly StoredForm[]} reads @param {(from: number[], to: number) => void} run */
  #act(form, reads, run) {
    const index = this.#actions.length;
    const from = reads.map((read) => this.#read(read, index));
    const bytes = this.#size(form.value) * (form.grid === null ? 4 : 1);
    const slot = { form, bytes, first: index, last: index, at: 0 };
    this.#current.set(formKey(form), slot);
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

  /** @param {StoredForm} form @param {number} index of the reading action */
  #read(form, index) {
    const slot = /** @type {Slot} */ (
      this.#current.get(formKey(form.grid === null ? this.#written(form.value) : form))
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

  /** @param {StoredForm} form @param {readonly StoredForm[]} reads @param {Lowering} lowering */
  #prepared(form, reads, lowering) {
    return this.#act(form, reads, this.#ready(lowering));
  }

  /** As calibration runs it, but ending in codes where they are all that is read. @param {Step & { do: 'weighted' }} step @returns {Lowering} */
  #weighted(step) {
    const node = this.graph.nodes[step.node];
    const shapes = shapesOf(this.graph, node);
    const thresholds = /** @type {readonly number[]} */ (this.thresholds.get(step.params.threshold));
    const { bits } = step.params;
    const channels = thresholds.length;
    const accumulation = opOf(node).accumulate?.(
      node,
      shapes,
      weightCodes(this.engine, weightRows(node), thresholds, bits),
      {
        input: step.input.grid.bits,
        params: bits,
      },
    );
    const fused = step.fused === null ? undefined : this.graph.nodes[step.fused];
    const activation = fused && /** @type {any} */ (opOf(fused).rule(fused, shapesOf(this.graph, fused)));
    const output = this.#output(step.fused ?? step.node);
    const planned = this.rounded.get(output);
    const grid = planned && this.#grid(planned);
    const target = grid && { bits: grid.bits, threshold: Math.fround(grid.threshold), step: stepOf(grid) };
    const end = {
      stepIn: stepOf(this.#grid(step.input.grid)),
      stepParams: thresholds.map((threshold) => stepOf({ threshold, bits })),
      bias: node.params[1]?.data ?? null,
      activation,
    };
    const lowering = accumulation?.fuse?.(
      gridEpilogue({ channels, pixels: this.#size(output) / channels, layout: 'NCHW' }, end, target),
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
    const copies = step.inputs.map(({ value, grid }) =>
      grid === null ? 0 : this.engine.heap.alloc(this.#size(value) * 4),
    );
    return this.#floats(this.#output(step.node), step.inputs, (from, to) => {
      step.inputs.forEach(
        ({ value, grid }, i) =>
          grid !== null && dequantize(this.engine, from[i], copies[i], this.#size(value), this.#grid(grid)),
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
    const grid = this.#grid(step.grid);
    const run = this.#ready(
      lowerSumCodes(
        this.#size(id),
        rule.coefficients.map((/** @type {number} */ factor) => factor * stepOf(grid)),
        grid.bits,
      ),
    );
    const again = step.inputs.map((form) =>
      this.#grid(form.grid).threshold === grid.threshold ? 0 : this.engine.heap.alloc(this.#size(id)),
    );
    return this.#floats(id, step.inputs, (from, to) => {
      step.inputs.forEach((form, i) => again[i] && this.#roundTo(form, from[i], again[i], step.grid));
      run(
        from.map((at, i) => again[i] || at),
        to,
      );
    });
  }

  /** Float32 results, rounded where only that is read. @param {number} id @param {readonly StoredForm[]} reads @param {(from: number[], to: number) => void} run */
  #floats(id, reads, run) {
    const form = this.#written(id);
    const { grid } = form;
    if (grid === null) return this.#act(form, reads, run);
    const exact = this.engine.heap.alloc(this.#size(id) * 4);
    return this.#act(form, reads, (from, to) => {
      run(from, exact);
      quantize(this.engine, exact, to, this.#size(id), this.#grid(grid));
    });
  }

  /** @param {Step & { do: 'concat' }} step */
  #concat(step) {
    const sizes = step.inputs.map(({ value }) => this.#size(value));
    const { heap } = this.engine;
    const { threshold } = this.#grid(step.grid);
    const same = step.inputs.map(({ value, grid }) =>
      grid === null ? this.rounded.has(value) : this.#grid(grid).threshold === threshold,
    );
    const again = sizes.map((size, i) => (same[i] ? 0 : this.engine.heap.alloc(size)));
    return this.#act({ value: this.#output(step.node), grid: step.grid }, step.inputs, (from, to) => {
      step.inputs.forEach((form, i) => again[i] && this.#roundTo(form, from[i], again[i], step.grid));
      let target = to;
      from.forEach((at, i) => {
        const source = again[i] || at;
        heap.all.u8.copyWithin(target, source, source + sizes[i]);
        target += sizes[i];
      });
    });
  }

  /** @param {StoredForm} form @param {number} from @param {number} to @param {PlannedGrid} grid */
  #roundTo(form, from, to, grid) {
    const size = this.#size(form.value);
    if (form.grid === null) quantize(this.engine, from, to, size, this.#grid(grid));
    else requantize(this.engine, from, to, size, this.#grid(form.grid), this.#grid(grid));
  }
}

/** Values whose one reader of the unrounded form rounds it, and that reader's grid. @param {readonly Step[]} steps @returns {Map<number, PlannedGrid>} */
function roundedAtOnce(steps) {
  /** @type {Map<number, PlannedGrid | null>} */
  const grids = new Map();
  for (const step of steps) {
    const reads = step.do === 'round' ? [step.from] : 'inputs' in step ? step.inputs : [];
    const grid = step.do === 'round' || step.do === 'concat' ? step.grid : null;
    for (const { value, grid: own } of reads) if (own === null) grids.set(value, grids.has(value) ? null : grid);
  }
  return /** @type {Map<number, PlannedGrid>} */ (new Map([...grids].filter(([, grid]) => grid !== null)));
}
