import { required } from '../error.js';
import { consumers, type Graph, type GraphNode, producers, type ValueId } from '../graph/graph.js';
import { type NodeShapes, shapesOf } from '../graph/shapes.js';

/**
 * The nodes of a graph while some are removed and others put in their place. A node is named by its index in the
 * original graph. Readers and writers are those of the present nodes.
 */
export class FoldableGraph {
  private readonly slots: (GraphNode | undefined)[];
  private readonly readers: ReadonlyMap<ValueId, number[]>;
  private readonly writers: Map<ValueId, number>;

  /** Values in `kept` are wanted by the user; no node may absorb them. */
  constructor(
    private readonly graph: Graph,
    private readonly kept: ReadonlySet<ValueId>,
  ) {
    this.slots = [...graph.nodes];
    this.readers = new Map(consumers(graph).entries());
    this.writers = new Map(producers(graph).entries());
  }

  /** The present nodes in network order. */
  get nodes(): GraphNode[] {
    return this.slots.filter((node) => node !== undefined);
  }

  /** The node at an index, undefined where it is removed or the index is. */
  node(index: number | undefined): GraphNode | undefined {
    return index === undefined ? undefined : this.slots[index];
  }

  shapesOf(node: GraphNode): NodeShapes {
    return shapesOf(this.graph, node);
  }

  /** The index of the only node that reads a value; undefined if none or several do, or if the value is kept. */
  soleReader(id: ValueId): number | undefined {
    const readers = this.readersOf(id);
    return readers.length === 1 && !this.kept.has(id) ? readers[0] : undefined;
  }

  /** The index of the node that writes a value, undefined if none does. */
  writer(id: ValueId): number | undefined {
    return this.writers.get(id);
  }

  remove(index: number): void {
    const node = required(this.slots[index], 'graph', `node ${index}`);
    for (const id of node.inputs) {
      const readers = this.readersOf(id);
      readers.splice(readers.indexOf(index), 1);
    }
    for (const id of node.outputs) this.writers.delete(id);
    this.slots[index] = undefined;
  }

  /** Puts a node at the index of a removed one. */
  put(index: number, node: GraphNode): void {
    this.slots[index] = node;
    for (const id of node.inputs) this.readersOf(id).push(index);
    for (const id of node.outputs) this.writers.set(id, index);
  }

  private readersOf(id: ValueId): number[] {
    return required(this.readers.get(id), 'graph', `value ${id}`);
  }
}
