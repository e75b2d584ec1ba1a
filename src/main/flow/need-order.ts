import { takesPartWith } from './events.ts';
import { eventAt, SETUP_STARTED_ID } from './roster.ts';
import type { FlowState } from './state.ts';

/**
 * Names of the plan's plugins that have still to start, in the order in which the flow will need
 * them if all goes well: what waits for nothing first, then along the chain of events of each core
 * plugin. One that its flag leaves out, or that never starts, is not needed.
 */
export function needOrder(state: FlowState): readonly string[] {
  const { roster, flags } = state;
  const seen = new Set<number>();
  const order: string[] = [];
  const take = (first: readonly number[]): void => {
    const queue = [...first];
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
      if (seen.has(index)) continue;
      seen.add(index);
      const plugin = roster.plugins[index];
      const isDue = state.plugins.get(index)?.status !== 'done';
      const takesPart = plugin === undefined || takesPartWith(plugin, flags);
      const isPlans = index >= roster.coreCount;
      if (plugin !== undefined && isPlans && isDue && takesPart) order.push(plugin.name);
      // Left out or not, its event is raised.
      const event = roster.raises[index];
      if (event !== undefined) queue.push(...eventAt(roster, event).waiting);
    }
  };
  take(eventAt(roster, SETUP_STARTED_ID).waiting);
  take(roster.withoutEvent);
  // What an earlier plan has started raises its events whenever it is done.
  const isStarted = (index: number): boolean => state.plugins.get(index)?.status === 'started';
  take(roster.plugins.map((_, at) => at).filter((at) => at >= roster.coreCount && isStarted(at)));
  for (let core = 0; core < roster.coreCount; core += 1) take([core]);
  return order;
}
