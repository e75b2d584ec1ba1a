import { nearestOf } from '../plan/nearest.ts';
import { explain, pluginNames } from '../plan/why.ts';
import { quote } from '../plan/words.ts';
import { requirePlan } from './require-plan.ts';
import { EXIT, type Output } from './output.ts';

/** `firstlight plan why FILE PLUGIN`: when a plugin runs, or why it never will, in words or as JSON. */
export async function planWhy(
  file: string,
  {
    plugin,
    json,
    output,
  }: { readonly plugin: string; readonly json: boolean; readonly output: Output },
): Promise<number> {
  const found = await requirePlan(file, output);
  if (found === undefined) return EXIT.problems;
  const why = explain(plugin, found);
  if (why === undefined) {
    const nearest = nearestOf(pluginNames(found.plan, found.core)).find(plugin);
    const hint = nearest === undefined ? '' : ` Did you mean ${quote(nearest)}?`;
    output.err(`There is no plugin ${quote(plugin)} in ${file}.${hint}`);
    return EXIT.problems;
  }
  output.out(json ? JSON.stringify(why, undefined, 2) : why.words.join('\n'));
  return EXIT.ok;
}
