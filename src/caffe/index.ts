import { failWithList, XfdnnError } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { groupedByType } from '../graph/unsupported.js';
import { buildGraph, unsupportedLayers } from './build.js';
import type { Layer } from './layer.js';
import type { CaffeOptions } from './options.js';
import type { Selection } from './select.js';
import { select, sizeInputs, withoutLayers } from './select.js';
import { weightSource } from './weight-source.js';

export type { CaffeOptions } from './options.js';

/** A graph, and the fields and layers that the import left out. */
export interface CaffeImport {
  readonly graph: Graph;
  /** Unknown fields that were skipped and layers that were taken in against their rules, one line each. */
  readonly warnings: readonly string[];
  /** Layers for training or measuring only, `"loss" (SoftmaxWithLoss)`. */
  readonly dropped: readonly string[];
  /** Layers without an operator, `"box" (PriorBox)`; they and the layers that depend on them are not in the graph. */
  readonly unsupported: readonly string[];
}

/**
 * Reads a Caffe network for testing: legacy forms translated, phases and rules applied, in-place layers in
 * single-assignment form, losses and labels dropped, one image at a time. Throws XfdnnError: `format` (files that do
 * not parse), `model` (an invalid network, or weights that do not fit it), `unsupported` (names all layers without an
 * operator), `usage` (options that do not fit the network).
 */
export function loadCaffe(options: CaffeOptions): Graph {
  return importCaffe(options).graph;
}

/** {@link loadCaffe}, with the fields and layers that were left out. */
export function importCaffe(options: CaffeOptions): CaffeImport {
  const parts = select(options);
  const unsupported = unsupportedLayers(parts.wiring);
  if (unsupported.length > 0) {
    const count = unsupported.length === 1 ? '1 layer' : `${unsupported.length} layers`;
    const fields = unsupported.some(({ refusals }) => refusals.length > 0);
    failWithList(
      'unsupported',
      options.prototxtName ?? 'prototxt',
      { head: `not supported: ${count}:`, items: groupedByType(unsupported.map(title)) },
      `${fields ? 'Correct such a field, or remove it if it changes no result; or use' : 'Use'} --output_layer to stop before them.`,
    );
  }
  return {
    graph: build(options, parts),
    warnings: parts.warnings,
    dropped: parts.dropped.map(title),
    unsupported: [],
  };
}

/** `importCaffe` for looking at a network: layers without an operator are left out and listed. */
export function inspectCaffe(options: CaffeOptions): CaffeImport {
  const parts = select(options);
  const unsupported = unsupportedLayers(parts.wiring);
  const graph = build(options, unsupported.length > 0 ? withoutLayers(parts, new Set(unsupported)) : parts);
  return {
    graph,
    warnings: parts.warnings,
    dropped: parts.dropped.map(title),
    unsupported: unsupported.map(title),
  };
}

/** `"pool" (Pooling)`, with the reasons for refusing it. */
function title({ name, type, refusals }: Layer): string {
  return `"${name}" (${[type, ...refusals].join('; ')})`;
}

function build(options: CaffeOptions, selection: Selection): Graph {
  const { net } = selection;
  try {
    return buildGraph(net.name, sizeInputs(selection, options), weightSource(options));
  } catch (error) {
    throw error instanceof XfdnnError && error.code === 'model' ? withSkipped(error, net.warnings) : error;
  }
}

/** The error with the first warnings in its hint: a missing field may be misspelt. */
function withSkipped({ code, where, detail, hint }: XfdnnError, warnings: readonly string[]): XfdnnError {
  return new XfdnnError(code, where, detail, [hint, ...warnings.slice(0, 2)].filter((part) => part !== '').join(' '));
}
