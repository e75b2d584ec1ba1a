import { fail, ok, type Command, type Json, type Result } from '#shared';
import { shownOf, type Shown } from '../flow/selectors.ts';
import type { NetworkPort } from '../device/device-port.ts';
import type { Session } from './session.ts';

/**
 * Carries out a command. One that makes no sense in the present state is a conflict that names the
 * state, never ignored: two clicks on one button must not skip a screen.
 */
export async function carryOut(
  command: Command,
  context: {
    readonly session: Session;
    readonly network: NetworkPort;
    /** Ends this session and begins a new one. */
    readonly restart: () => Promise<void>;
  },
): Promise<Result<Json>> {
  const { session, network } = context;
  const shown = shownOf(session.state);
  switch (command.type) {
    case 'screen.complete':
      if (shown.kind !== 'screen' || shown.plugin !== command.plugin) return notNow(command, shown);
      return session.complete(command.plugin, command.answers);
    case 'screen.back':
      if (shown.kind !== 'screen' || shown.plugin !== command.plugin || !shown.canGoBack) {
        return notNow(command, shown);
      }
      return done(session.dispatch({ type: 'back', plugin: command.plugin }));
    case 'screen.failed': {
      if (shown.kind !== 'screen' || shown.plugin !== command.plugin) return notNow(command, shown);
      const { plugin, message } = command;
      return done(session.dispatch({ type: 'failed', plugin, reason: 'screen-failed', message }));
    }
    case 'draft.save':
      if (shown.kind !== 'screen' || shown.plugin !== command.plugin) return notNow(command, shown);
      return session.saveDraft(command.plugin, command.draft);
    case 'failure.retry':
      if (shown.kind !== 'failure' || shown.plugin !== command.plugin)
        return notNow(command, shown);
      return done(session.retry(command.plugin));
    case 'failure.skip':
      if (shown.kind !== 'failure' || shown.plugin !== command.plugin || !shown.canSkip) {
        return notNow(command, shown);
      }
      return done(session.skip(command.plugin));
    case 'step.retry':
    case 'step.skip':
    case 'question.answer':
      return session.controlSteps(command);
    case 'setup.retry':
      if (shown.kind !== 'stop') return notNow(command, shown);
      return done(session.retry(shown.plugin));
    case 'setup.restart':
      if (shown.kind !== 'stop' && shown.kind !== 'finished') return notNow(command, shown);
      return done(context.restart());
    case 'preferences.set':
      return done(session.setPreferences(defined(command.preferences)));
    case 'network.scan':
      return done(network.scan());
    case 'network.connect': {
      const { ssid, password, hidden } = command;
      const joined = await network.connect({ ssid, ...defined({ password, hidden }) });
      return joined.ok ? ok(null) : joined;
    }
    case 'update.skip':
      session.skipUpdate();
      return ok(null);
    case 'notice.dismiss':
      session.hub.emit({ type: 'notice.dismissed' });
      return ok(null);
    case 'plugin.call':
      return session.call(command.plugin, command.route, (command.body ?? null) as Json);
  }
}

async function done(work: Promise<void>): Promise<Result<Json>> {
  await work;
  return ok(null);
}

/** The same without the fields that are `undefined`, as exact optional types want it. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function notNow(command: Command, shown: Shown): Result<Json> {
  const what = 'plugin' in shown ? `${shown.kind} of ${shown.plugin}` : shown.kind;
  return fail({
    code: 'command/not-now',
    message: `The command ${command.type} makes no sense now: the screen shows ${what}.`,
  });
}
