import { STEP_LIMITS, type StepQuestion } from '../plugin-rpc.ts';

/** A question after it was looked at, or what is wrong with it, in words. */
export type CheckedQuestion =
  | { readonly ok: true; readonly question: StepQuestion }
  | { readonly ok: false; readonly problem: string };

/** Checks what a step asks: in its own process first, and again where the message arrives. */
export function asQuestion(asked: unknown): CheckedQuestion {
  const bad = (problem: string): CheckedQuestion => ({ ok: false, problem });
  if (!isObject(asked)) return bad('nothing is asked');
  const { class: kind, text, actions, default: standard } = asked;
  if (!isText(kind, STEP_LIMITS.nameLength)) return bad('`class` is no short text');
  if (!isText(text, STEP_LIMITS.textLength)) return bad('`text` is no text');
  if (!Array.isArray(actions) || actions.length === 0 || actions.length > STEP_LIMITS.actions) {
    return bad(`\`actions\` is no list of 1 to ${STEP_LIMITS.actions} actions`);
  }
  const checked = actions.flatMap((action: unknown) => {
    if (!isObject(action)) return [];
    const { id, label } = action;
    const isUsable = isText(id, STEP_LIMITS.nameLength) && isText(label, STEP_LIMITS.messageLength);
    return isUsable ? [{ id, label }] : [];
  });
  if (checked.length < actions.length) return bad('an action has no `id` or no `label`');
  const ids = new Set(checked.map(({ id }) => id));
  if (ids.size < checked.length) return bad('two actions have the same `id`');
  if (typeof standard !== 'string' || !ids.has(standard)) {
    return bad('`default` is the `id` of no action');
  }
  return { ok: true, question: { class: kind, text, actions: checked, default: standard } };
}

function isText(value: unknown, length: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= length;
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
