import { fail, ok, type Failure, type Json, type JsonObject, type Result } from '#shared';
import type { WorkDone } from '../../execution/engine/step-performer.ts';
import { STEP_LIMITS } from '../plugin-rpc.ts';
import { bytesOf, isName } from './step-events.ts';

/** Items of a `forEach`: each becomes a step. */
const MAX_ITEMS = 10_000;

/** What a step's function answered, as the process sent it. */
export function asAnswer(part: 'when' | 'forEach' | 'check' | 'verify', sent: Json): Result<Json> {
  if (part !== 'forEach') {
    return typeof sent === 'boolean' ? ok(sent) : bad(`its \`${part}\` gave no true or false`);
  }
  if (!Array.isArray(sent)) return bad('its `forEach` gave no list');
  return sent.length > MAX_ITEMS
    ? bad(`its \`forEach\` gave more than ${MAX_ITEMS.toLocaleString('en')} items`)
    : ok(sent);
}

/** What work came to, as the process sent it. `spent` are the bytes of its values before. */
export function asWorkDone(sent: unknown, spent: number): Result<WorkDone> {
  const { outputs, packagesUpdated } = fieldsOf(sent);
  const count = Number.isSafeInteger(packagesUpdated) ? Number(packagesUpdated) : undefined;
  const updated = count === undefined || count < 0 ? {} : { packagesUpdated: count };
  if (outputs === undefined) return ok(updated);
  if (typeof outputs !== 'object' || outputs === null || Array.isArray(outputs)) {
    return bad('its outputs are no object');
  }
  // It came as JSON.
  const named = outputs as JsonObject;
  let bytes = spent;
  for (const [name, value] of Object.entries(named)) {
    if (!isName(name)) return bad('an output has a name that cannot be used');
    bytes += bytesOf(name, value ?? null);
  }
  return bytes > STEP_LIMITS.outputsBytes
    ? bad(`its outputs are over ${STEP_LIMITS.outputsBytes / 1024} KiB`)
    : ok({ outputs: named, ...updated });
}

/** A failure of a step has a code of steps or plugins, whatever the process sent. */
export function asStepFailure(step: string, failure: Failure): Failure {
  const { code, message } = failure;
  switch (code) {
    case 'step/bad-value':
      return { ...failure, message: `Step "${step}": ${message}.` };
    case 'command/bad':
      // What was to be sent was too large.
      return { ...failure, code: 'step/bad-value' };
    default:
      return /^(step|plugin)\//.test(code) ? failure : { ...failure, code: 'step/failed' };
  }
}

function bad(message: string): Result<never> {
  return fail({ code: 'step/bad-value', message });
}

function fieldsOf(value: unknown): { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
