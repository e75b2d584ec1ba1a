import type { GraphEdge, GraphNode, PlanGraph } from './graph.ts';

/**
 * Where everything stands in the picture, in cells: the core sequence runs down the first column, and
 * what each core plugin's event starts grows to the right of it, one column per step, one row per
 * branch. Simple on purpose: it is linear, never moves what did not change, and reads as a plan is told.
 */
export interface GraphLayout {
  readonly cells: ReadonlyMap<string, Cell>;
  /** Edges between a node and what was placed because of it; all others go across. */
  readonly treeEdges: ReadonlySet<GraphEdge>;
  /** Row at which each block begins: a core plugin with all that follows from it. */
  readonly blockRows: readonly number[];
  readonly columns: number;
  readonly rows: number;
}

/** A cell of the grid, from 0. `block` counts the blocks above it. */
export interface Cell {
  readonly column: number;
  readonly row: number;
  readonly block: number;
}

/** Places every node. */
export function layOut({ nodes, edges }: PlanGraph): GraphLayout {
  const next = successors(edges);
  const cells = new Map<string, Cell>();
  const treeEdges = new Set<GraphEdge>();
  const blockRows: number[] = [];
  let row = 0;
  let columns = 0;

  // Depth first with its own stack: a chain may be longer than the call stack is deep.
  const placeBlock = (root: GraphNode): void => {
    if (cells.has(root.id)) return;
    const block = blockRows.length;
    blockRows.push(row);
    const stack: { readonly id: string; readonly column: number; readonly by?: GraphEdge }[] = [
      { id: root.id, column: 0 },
    ];
    let above: number | undefined;
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      if (cells.has(item.id)) continue;
      // The first child stands beside its parent; each further branch begins a row.
      if (above !== undefined && item.column <= above) row++;
      above = item.column;
      cells.set(item.id, { column: item.column, row, block });
      columns = Math.max(columns, item.column + 1);
      if (item.by !== undefined) treeEdges.add(item.by);
      for (const edge of (next.get(item.id) ?? []).toReversed()) {
        stack.push({ id: edge.to, column: item.column + 1, by: edge });
      }
    }
    row++;
  };

  for (const kind of ['start', 'core'] as const) {
    for (const node of nodes) if (node.kind === kind) placeBlock(node);
  }
  // Left over is what never starts: first what waits for an event that nobody raises, then circles.
  const awaited = new Set(edges.filter(({ kind }) => kind === 'raises').map(({ to }) => to));
  for (const node of nodes) if (node.kind === 'event' && !awaited.has(node.id)) placeBlock(node);
  for (const node of nodes) placeBlock(node);
  return { cells, treeEdges, blockRows, columns, rows: row };
}

/** Steps to the right: the core sequence and handoffs go down instead. */
function successors(edges: readonly GraphEdge[]): ReadonlyMap<string, readonly GraphEdge[]> {
  const next = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    if (edge.kind === 'next' || edge.kind === 'hands back') continue;
    const list = next.get(edge.from);
    if (list === undefined) next.set(edge.from, [edge]);
    else list.push(edge);
  }
  return next;
}
