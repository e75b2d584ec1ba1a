import type { Contact, CorePluginEntry, SequencedPlugin, Stage } from '#shared';
import { isCore, pluginAt, type Roster } from '../flow/roster.ts';
import { shownOf, type Shown } from '../flow/selectors.ts';
import type { FailureReason, FlowState } from '../flow/state.ts';

/** What a screen is told of the flow: who has the screen, with all the words that it needs. */
export function stageOf(state: FlowState): Stage {
  const shown = shownOf(state);
  switch (shown.kind) {
    case 'nothing':
      return { kind: 'starting' };
    case 'finished':
      return { kind: 'finished', outcome: shown.outcome };
    case 'working':
      return { kind: 'working', plugin: shown.plugin, ...description(entryOf(state, shown)) };
    case 'failure':
      return {
        ...failed(entryOf(state, shown), shown.failure),
        ...description(entryOf(state, shown)),
        kind: 'failure',
        plugin: shown.plugin,
        canSkip: shown.canSkip,
      };
    case 'stop':
      return {
        ...failed(entryOf(state, shown), shown.failure),
        kind: 'stop',
        plugin: shown.plugin,
        canRetry: true,
      };
    case 'screen': {
      const core = coreEntry(state.roster, shown.plugin);
      const { plugin, canGoBack } = shown;
      const { plugin_route: route } = entryOf(state, shown);
      if (core !== undefined) {
        return { kind: 'core', plugin, route, builtin: core.builtin, canGoBack };
      }
      return { kind: 'plugin', plugin, route, canGoBack, ...description(entryOf(state, shown)) };
    }
  }
}

/** The core plugin of that name, if it is one. */
export function coreEntry(roster: Roster, name: string): CorePluginEntry | undefined {
  const index = roster.indexOf.get(name);
  return index !== undefined && isCore(roster, index) ? roster.core[index] : undefined;
}

/** Whom to ask about a plugin: its team, and whoever keeps it running. */
export function contactOf(entry: SequencedPlugin): Contact {
  const email = entry.operation_contact_email ?? entry.engineering_contact_email;
  return {
    ...(entry.team_name === undefined ? {} : { team: entry.team_name }),
    ...(email === undefined ? {} : { email }),
  };
}

function entryOf(state: FlowState, shown: Shown & { readonly plugin: string }): SequencedPlugin {
  return pluginAt(state.roster, state.roster.indexOf.get(shown.plugin) ?? -1);
}

function failed(entry: SequencedPlugin, failure: FailureReason) {
  return {
    code: `plugin/${failure.reason}`,
    message: failure.message,
    contact: contactOf(entry),
  } as const;
}

function description(entry: SequencedPlugin): Pick<SequencedPlugin, 'plugin_description'> | object {
  const { plugin_description: text } = entry;
  return text === undefined ? {} : { description: text };
}
