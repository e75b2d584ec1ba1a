import { toMermaid } from '../plan/graph-mermaid.ts';
import { toSvg } from '../plan/graph-svg.ts';
import { graphOf, type PlanGraph } from '../plan/graph.ts';
import { requirePlan } from './require-plan.ts';
import { EXIT, type Output } from './output.ts';
import type { GraphFormat } from './graph-format.ts';

/** `firstlight plan graph FILE`: the event graph on standard output. */
export async function planGraph(
  file: string,
  { format, output }: { readonly format: GraphFormat; readonly output: Output },
): Promise<number> {
  const found = await requirePlan(file, output);
  if (found === undefined) return EXIT.problems;
  output.out(WRITERS[format](graphOf(found.plan, found.core)).trimEnd());
  return EXIT.ok;
}

const WRITERS: { readonly [format in GraphFormat]: (graph: PlanGraph) => string } = {
  mermaid: toMermaid,
  svg: toSvg,
  json: (graph) => JSON.stringify(graph, undefined, 2),
};
