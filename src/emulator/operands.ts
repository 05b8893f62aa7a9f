import { codeFactor } from '../fixed/quantize.js';
import { largestCode } from '../fixed/rounding.js';
import type { ValueId } from '../graph/graph.js';
import { lowerEpilogue } from '../kernels/epilogue.js';
import { overlayEpilogue } from '../kernels/overlay-epilogue.js';
import { sentGrid, type wantedGrid } from '../placement/placement.js';
import { type Overlay, rescalingMultiplier } from '../scaling/index.js';
import { bytesPerCode, type EmulationMemory, type Run } from './memory.js';
import { rescalingEnd } from './requantization.js';

/** Address of an operand of a step, made when the step runs. */
export type Operand = (run: Run) => number;

/** A grid of codes. */
interface Grid {
  readonly th: number;
  readonly bw: number;
}

/** The element type of codes in kernels' names. */
export const codeName = (bw: number): 'i8' | 'i16' => (bw === 8 ? 'i8' : 'i16');

/** Values as the steps want them: codes on a grid, or float32 on the host. */
export class Operands {
  constructor(
    private readonly memory: EmulationMemory,
    private readonly overlay: Overlay,
    private readonly wanted: ReturnType<typeof wantedGrid>,
  ) {}

  /** A value as codes on a grid: as it is, rescaled, or a host value quantized as the network input is. */
  codes(id: ValueId, th: number, bw: number): Operand {
    const form = this.memory.forms[id]!;
    const count = this.memory.size(id);
    if (form.kind === 'codes')
      return form.th === th && form.bw === bw
        ? (run) => run.at[id]!
        : this.rescaled((run) => run.at[id]!, count, form, { th, bw });
    const own = this.gridOf(id, th, bw);
    const quantized: Operand = (run) => {
      const at = this.memory.temporary(run, count * bytesPerCode(own.bw));
      this.quantizeTensor(run.at[id]!, at, count, own.th, own.bw);
      return at;
    };
    return own.th === th && own.bw === bw ? quantized : this.rescaled(quantized, count, own, { th, bw });
  }

  /** A value on a grid, times a coefficient that is multiplied into its rescaling. */
  weighed(id: ValueId, th: number, bw: number, coefficient: number): Operand {
    if (coefficient === 1) return this.codes(id, th, bw);
    const own = this.gridOf(id, th, bw);
    return this.rescaled(this.codes(id, own.th, own.bw), this.memory.size(id), own, { th, bw }, coefficient);
  }

  /** A value as float32: as it is, or its codes after `unquantizeTensor`. */
  floats(id: ValueId): Operand {
    const form = this.memory.forms[id]!;
    if (form.kind === 'float') return (run) => run.at[id]!;
    const count = this.memory.size(id);
    const kernel = this.memory.engine.kernels[form.bw === 8 ? 'dequantize_i8' : 'dequantize_i16'];
    return (run) => {
      const at = this.memory.temporary(run, count * 4);
      kernel(run.at[id]!, at, count, largestCode(form.bw), Math.fround(form.th));
      return at;
    };
  }

  /** OVERLAY.md, `quantizeTensor`, for a whole array; a zero or denormal threshold gives codes of 0. */
  quantizeTensor(from: number, to: number, count: number, th: number, bw: number): void {
    const factor = codeFactor('quantizeTensor', th, bw);
    const limit = factor === 0 ? 0 : Math.fround(th);
    this.memory.engine.kernels[bw === 8 ? 'quantize_tensor_i8' : 'quantize_tensor_i16'](from, to, count, limit, factor);
  }

  /** The grid a value is on, or is quantized on when it leaves the host; the reader's own if it has none. */
  private gridOf(id: ValueId, th: number, bw: number): Grid {
    return sentGrid(this.memory.forms[id]!, id, this.wanted) ?? { th, bw };
  }

  private rescaled(operand: Operand, count: number, from: Grid, to: Grid, factor = 1): Operand {
    const end = overlayEpilogue(
      { channels: 1, pixels: count, layout: 'NCHW' },
      rescalingEnd(rescalingMultiplier(from, to, factor), to.bw, this.overlay),
    );
    const rescale = this.memory.prepared(lowerEpilogue(end, codeName(from.bw)));
    return (run) => {
      const at = this.memory.temporary(run, count * bytesPerCode(to.bw));
      rescale([operand(run)], [at]);
      return at;
    };
  }
}
