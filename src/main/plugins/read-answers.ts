import { fail, ok, type Json, type Result } from '#shared';
import type { PluginHealth } from '../../sdk/index.ts';
import { withoutControls } from './bounded-output.ts';
import type { StepsKind } from './plugin-port.ts';
import type { StartedPlugin } from './plugin-rpc.ts';

// What a plugin's process answers has the types that we hope for until it was looked at.

/** What the process found in the plugin's module. */
export function asStarted(sent: StartedPlugin): StartedPlugin {
  const { stepsKind, secretInputs }: { stepsKind: unknown; secretInputs: unknown } = sent;
  return {
    ...sent,
    stepsKind: isStepsKind(stepsKind) ? stepsKind : 'none',
    secretInputs: Array.isArray(secretInputs)
      ? secretInputs.filter((name) => typeof name === 'string')
      : [],
  };
}

function isStepsKind(kind: unknown): kind is StepsKind {
  return kind === 'steps' || kind === 'commands' || kind === 'run' || kind === 'none';
}

/** A plugin's own word on how it feels. */
export function asHealth(sent: Json): Result<PluginHealth> {
  const said: object = typeof sent === 'object' && sent !== null ? sent : {};
  const { healthy, message }: { healthy?: unknown; message?: unknown } = said;
  if (typeof healthy !== 'boolean') {
    return fail({
      code: 'plugin/bad-answer',
      message: 'what its `health` gave has no `healthy` that is true or false',
    });
  }
  return ok({
    healthy,
    ...(typeof message === 'string' ? { message: withoutControls(message.slice(0, 500)) } : {}),
  });
}
