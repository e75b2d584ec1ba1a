import { pathText, type Path } from './finding.ts';
import { isTable, tablesOf, textOf, type Table } from './tree.ts';

/**
 * What can be made out of a plan that may be wrong in places, for the rules that look at several fields.
 * They run whatever the schema found, so that one run reports everything; a field of the wrong type
 * counts as absent.
 */
export interface PlanView {
  readonly plugins: readonly PluginView[];
  /** Name of each handoff event with its index in the list. */
  readonly handoffs: readonly { readonly event: string; readonly index: number }[];
  readonly general: Table;
  readonly flags: Table;
  /** Is it known of every plugin which event it raises? Else nobody can say that an event is not raised. */
  readonly raisersKnown: boolean;
}

/** One `[[plugins]]` table. */
export interface PluginView {
  readonly path: Path;
  readonly table: Table;
  /** The name, or `plugins[3]` where there is none: for messages. */
  readonly label: string;
  readonly name: string | undefined;
  readonly route: string | undefined;
  readonly after: string | undefined;
  readonly completes: string | undefined;
  readonly visible: boolean;
}

/** Looks at a tree of values as a plan. Never throws. */
export function viewOf(tree: Table): PlanView {
  const entries = tablesOf(tree.plugins);
  const handoffs = isTable(tree.handoffs) ? tablesOf(tree.handoffs.handoff_events) : [];
  return {
    plugins: entries.flatMap((entry, index) => (isTable(entry) ? [viewPlugin(entry, index)] : [])),
    handoffs: handoffs.flatMap((event, index) =>
      typeof event === 'string' ? [{ event, index }] : [],
    ),
    general: isTable(tree.general) ? tree.general : {},
    flags: isTable(tree.flags) ? tree.flags : {},
    raisersKnown:
      (tree.plugins === undefined || Array.isArray(tree.plugins)) &&
      entries.every(saysWhatItRaises),
  };
}

function viewPlugin(table: Table, index: number): PluginView {
  const path = ['plugins', index];
  const name = textOf(table, 'name');
  return {
    path,
    table,
    label: name ?? pathText(path),
    name,
    route: textOf(table, 'plugin_route'),
    after: textOf(table, 'run_after_event_name'),
    completes: textOf(table, 'completed_event_name'),
    visible: table.visible_in_ui !== false,
  };
}

function saysWhatItRaises(entry: unknown): boolean {
  if (!isTable(entry)) return false;
  const { completed_event_name: completes } = entry;
  return completes === undefined || typeof completes === 'string';
}
