import { CODES, type Grid, sameGrid } from '../fixed/grid.js';
import { codeFactor } from '../fixed/quantize.js';
import type { ValueId } from '../graph/graph.js';
import { lowerEpilogue } from '../kernels/epilogue.js';
import { overlayEpilogue } from '../kernels/overlay-epilogue.js';
import { requantizeCodes } from '../overlay/requantization.js';
import { type Overlay, rescalingMultiplier } from '../scaling/index.js';
import { addressOf, type EmulationMemory, type Run } from './memory.js';

/** Address of an operand of a step, made when the step runs. */
export type Operand = (run: Run) => number;

/** Values as the steps read them: codes on a grid, or float32 on the host. */
export class Operands {
  constructor(
    private readonly memory: EmulationMemory,
    private readonly overlay: Overlay,
  ) {}

  /** A value as codes on a grid: as it is, rescaled, or a host value quantized as the network's input is. */
  codes(id: ValueId, grid: Grid): Operand {
    const own = this.enteringGrid(id, grid);
    const codes = this.memory.placement.value(id).kind === 'codes' ? stored(id) : this.quantized(id, own);
    return sameGrid(own, grid) ? codes : this.rescaled(codes, id, own, grid);
  }

  /** A value on a grid, times a coefficient that is multiplied into its rescaling. */
  weighed(id: ValueId, grid: Grid, coefficient: number): Operand {
    if (coefficient === 1) return this.codes(id, grid);
    const own = this.enteringGrid(id, grid);
    return this.rescaled(this.codes(id, own), id, own, grid, coefficient);
  }

  /** A value as float32: as it is, or its codes after `unquantizeTensor`. */
  floats(id: ValueId): Operand {
    const placement = this.memory.placement.value(id);
    if (placement.kind === 'float') return stored(id);
    const { threshold, bits } = placement.grid;
    const count = this.memory.size(id);
    const { element, largest } = CODES[bits];
    const kernel = this.memory.engine.kernels[`dequantize_${element}`];
    return (run) => {
      const address = this.memory.temporary(run, count * Float32Array.BYTES_PER_ELEMENT);
      kernel(addressOf(run, id), address, count, largest, Math.fround(threshold));
      return address;
    };
  }

  /** `docs/spec/overlay.md`, `quantizeTensor`, for a whole array; a zero or denormal threshold gives codes of 0. */
  quantizeTensor(from: number, to: number, count: number, { threshold, bits }: Grid): void {
    const factor = codeFactor('quantizeTensor', threshold, bits);
    const limit = factor === 0 ? 0 : Math.fround(threshold);
    this.memory.engine.kernels[`quantize_tensor_${CODES[bits].element}`](from, to, count, limit, factor);
  }

  /** The grid a value is on, or on which it comes to the overlay; the reader's if it has none. */
  private enteringGrid(id: ValueId, reader: Grid): Grid {
    return this.memory.placement.enteringGrid(id) ?? reader;
  }

  private quantized(id: ValueId, grid: Grid): Operand {
    const count = this.memory.size(id);
    return (run) => {
      const address = this.memory.temporary(run, count * CODES[grid.bits].bytes);
      this.quantizeTensor(addressOf(run, id), address, count, grid);
      return address;
    };
  }

  private rescaled(operand: Operand, id: ValueId, from: Grid, to: Grid, coefficient = 1): Operand {
    const count = this.memory.size(id);
    const epilogue = overlayEpilogue(
      { channels: 1, pixels: count, layout: 'NCHW' },
      requantizeCodes(rescalingMultiplier(from, to, coefficient), to.bits, this.overlay),
    );
    const rescale = this.memory.prepared(lowerEpilogue(epilogue, CODES[from.bits].element));
    return (run) => {
      const address = this.memory.temporary(run, count * CODES[to.bits].bytes);
      rescale([operand(run)], [address]);
      return address;
    };
  }
}

/** A value as it is stored. */
function stored(id: ValueId): Operand {
  return (run) => addressOf(run, id);
}
