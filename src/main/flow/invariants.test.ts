import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CorePluginEntry, SequencedPlugin, TraceEntry } from '#shared';
import type { FlowEffect } from './effects.ts';
import { corePlugin, FlowRig, plugin } from './flow.test-support.ts';
import type { FlowInput } from './inputs.ts';
import type { SequencedPlan } from './roster.ts';
import { shownOf } from './selectors.ts';

// Random plans, driven by random outcomes, plan changes, Back and restarts of the app. Whatever
// happens, the rules of the plan contract, section 4, hold and the session ends.

const EVENTS = ['SetupStarted', 'c0Completed', 'c1Completed', 'E0', 'E1', 'E2', 'E3', 'Nobody'];

const planPlugin = (name: string): fc.Arbitrary<SequencedPlugin> =>
  fc
    .record({
      run_async: fc.boolean(),
      visible_in_ui: fc.boolean(),
      on_failure: fc.constantFrom('ask', 'skip', 'stop'),
      retries: fc.integer({ min: 0, max: 2 }),
      after: fc.option(fc.constantFrom(...EVENTS), { nil: undefined }),
      raises: fc.option(fc.constantFrom('E0', 'E1', 'E2', 'E3'), { nil: undefined }),
      flag: fc.option(fc.constantFrom('on', 'off'), { nil: undefined }),
    })
    .map(({ after, raises, flag, ...rest }) =>
      plugin(name, {
        ...rest,
        ...(after === undefined ? {} : { after }),
        ...(raises === undefined ? {} : { raises }),
        ...(flag === undefined ? {} : { when_flag: { flag } }),
      }),
    );

const planOf = (prefix: string): fc.Arbitrary<SequencedPlan> =>
  fc.record({
    plugins: fc
      .integer({ min: 0, max: 8 })
      .chain((count) =>
        fc.tuple(...Array.from({ length: count }, (_, index) => planPlugin(`${prefix}${index}`))),
      ),
    handoff_events: fc.uniqueArray(fc.constantFrom(...EVENTS), { maxLength: 3 }),
  });

const cores: fc.Arbitrary<readonly CorePluginEntry[]> = fc
  .array(fc.record({ skippable: fc.boolean(), no_return: fc.boolean(), visible: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((list) =>
    list.map(({ visible, ...rest }, index) =>
      corePlugin(`c${index}`, { ...rest, retries: 1, visible_in_ui: visible }),
    ),
  );

const session = fc.record({
  core: cores,
  plan: planOf('p'),
  // Shares its names with the first half the time, so that "the same plugin" is tried too.
  newer: fc.oneof(planOf('p'), planOf('q')),
  headless: fc.boolean(),
  simulated: fc.boolean(),
  choices: fc.array(fc.nat({ max: 1000 }), { minLength: 20, maxLength: 120 }),
});
type Session = typeof session extends fc.Arbitrary<infer T> ? T : never;

/** Plays a session; when the choices run out, everything goes well, and it must end. */
function play(run: Session): readonly TraceEntry[] {
  const flags = {
    on: { variant: 'on', value: true, reason: 'STATIC' },
    off: { variant: 'off', value: false, reason: 'STATIC' },
  };
  const rig = new FlowRig({
    core: run.core,
    plugins: run.plan.plugins,
    handoffs: run.plan.handoff_events,
    flags,
    headless: run.headless,
    simulated: run.simulated,
  });
  const choices = [...run.choices];
  const due: FlowEffect[] = [];
  let changed = false;
  for (let steps = 0; rig.state.finished === undefined; steps += 1) {
    if (steps > 1000) throw new Error('the session does not end');
    due.push(...rig.effects.splice(0).filter(isObligation));
    const choice = choices.shift();
    if (choice !== undefined && choice % 17 === 0 && !changed) {
      changed = true;
      if (choice % 2 === 0) rig.changePlan(run.newer, flags);
      else rig.goBackToPlan(run.newer, flags);
      continue;
    }
    if (choice !== undefined && choice % 19 === 0) {
      due.length = 0;
      rig.effects.length = 0;
      rig.input({ type: 'resumed' });
      continue;
    }
    const shown = shownOf(rig.state);
    if (shown.kind === 'stop') {
      const name = shown.plugin;
      const retries = choice !== undefined && choice % 2 === 0;
      rig.input(retries ? { type: 'retry', plugin: name } : { type: 'leave' });
      continue;
    }
    const [effect] = due.splice(choice === undefined ? 0 : choice % due.length, 1);
    if (effect === undefined) throw new Error('nothing is going on, but the flow is not finished');
    const input = resultOf(effect, choice);
    if (input === undefined) continue;
    const before = rig.state;
    rig.input(input);
    // Back where there is no way back changes nothing: the screen is still to be answered.
    if (rig.state === before && input.type === 'back') due.push(effect);
  }
  return rig.traced;
}

function isObligation({ type }: FlowEffect): boolean {
  return type === 'open' || type === 'show' || type === 'work' || type === 'ask';
}

function resultOf(effect: FlowEffect, choice: number | undefined): FlowInput | undefined {
  if (!('plugin' in effect)) return undefined;
  const { plugin: name } = effect;
  const failure = { type: 'failed', plugin: name, reason: 'failed', message: '' } as const;
  const goesWrong = choice !== undefined && choice % 5 === 0;
  switch (effect.type) {
    case 'open':
      if (goesWrong) return failure;
      return { type: 'opened', plugin: name, hasScreen: (choice ?? 1) % 3 !== 0 };
    case 'show':
      if (goesWrong) return failure;
      if (choice !== undefined && choice % 7 === 0) return { type: 'back', plugin: name };
      return { type: 'answered', plugin: name, hasWork: (choice ?? 1) % 2 === 0 };
    case 'work':
      return goesWrong ? failure : { type: 'completed', plugin: name };
    case 'ask':
      if ((choice ?? 1) % 2 === 0) return { type: 'retry', plugin: name };
      return { type: effect.canSkip ? 'skip' : 'retry', plugin: name };
    default:
      return undefined;
  }
}

function holds(check: (trace: readonly TraceEntry[], run: Session) => void): void {
  const runs = process.env['FIRSTLIGHT_FULL'] === '1' ? 20_000 : 600;
  fc.assert(
    fc.property(session, (run) => {
      check(play(run), run);
    }),
    { numRuns: runs },
  );
}

describe('for any plan, outcomes, plan change, Back and restart', () => {
  it('every session ends', () => {
    holds((trace) => expect(trace.length).toBeGreaterThan(0));
  });

  it('at most one screen is up', () => {
    holds((trace) => {
      let up: string | undefined;
      for (const entry of trace) {
        if (entry.type === 'screen.closed') {
          expect(entry.plugin).toBe(up);
          up = undefined;
        }
        if (entry.type === 'screen.shown' || entry.type === 'screen.builtin') {
          expect(up).toBeUndefined();
        }
        if (entry.type === 'screen.shown') up = entry.plugin;
      }
      expect(up).toBeUndefined();
    });
  });

  it('no plugin starts or completes twice', () => {
    holds((trace) => {
      for (const type of ['plugin.started', 'plugin.completed'] as const) {
        const names = trace.flatMap((entry) => (entry.type === type ? [entry.plugin] : []));
        expect(new Set(names).size).toBe(names.length);
      }
    });
  });

  it('the lane runs one at a time', () => {
    holds((trace) => {
      let running: string | undefined;
      for (const entry of trace) {
        if (entry.type === 'plugin.started' && entry.lane === 'foreground') {
          expect(running).toBeUndefined();
          running = entry.plugin;
        }
        if (entry.type === 'plugin.completed' && entry.plugin === running) running = undefined;
      }
    });
  });

  it('the core sequence never starves: on a completed flow every core plugin had its turn, in order', () => {
    holds((trace, run) => {
      const names = new Set(run.core.map(({ name }) => name));
      const done = trace.flatMap((entry) =>
        entry.type === 'plugin.completed' && names.has(entry.plugin) ? [entry.plugin] : [],
      );
      const wasStopped = trace.some(
        (entry) => entry.type === 'plugin.failed' && entry.reason === 'stopped',
      );
      const all = run.core.map(({ name }) => name);
      expect(done).toEqual(all.slice(0, done.length));
      const stopped = trace.some((e) => e.type === 'screen.builtin' && e.name === 'stop');
      if (!stopped && !run.headless && !wasStopped) expect(done).toEqual(all);
    });
  });

  it('a plugin starts only after its event was raised', () => {
    holds((trace) => {
      const raised = new Set<string>();
      for (const entry of trace) {
        if (entry.type === 'event.raised') raised.add(entry.event);
        if (entry.type === 'plugin.started' && entry.after !== null) {
          expect(raised).toContain(entry.after);
        }
      }
    });
  });

  it('the same inputs give the same trace', () => {
    fc.assert(
      fc.property(session, (run) => {
        expect(play(run)).toEqual(play(run));
      }),
    );
  });
});

describe('transition', () => {
  it('leaves the state that it was given as it was', () => {
    const rig = new FlowRig({
      core: [corePlugin('c0')],
      plugins: [plugin('p0', { after: 'c0Completed' })],
    });
    const before = rig.state;
    const copy = JSON.stringify(before);
    rig.answer('c0').answer('p0');
    expect(JSON.stringify(before)).toBe(copy);
  });
});
