import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExecutionControl } from '#shared';
import { aStep } from '../graph/step.test-support.ts';
import type { StepSpec } from '../step-spec.ts';
import type { MachineOptions } from './execution-machine.ts';
import { failed, optionsOf, resultOf } from './machine.test-support.ts';
import { outcomeOf, World, type Outcomes, type Runner } from './world.test-support.ts';

// Random graphs, several on one device, driven by random outcomes, controls and crashes. `World` checks
// at every step: dependency order, the limit of concurrency, exclusion by mutexes, that nothing runs
// twice or is lost, that progress never falls, and that something goes on until everything has ended.

const RUNS = process.env['FIRSTLIGHT_FULL'] === '1' ? 20_000 : 300;

const step = (index: number): fc.Arbitrary<StepSpec> =>
  fc
    .record({
      // Backwards only: no cycle.
      dependsOn:
        index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 3 }),
      mutexes: fc.oneof(
        { weight: 3, arbitrary: fc.constant<string[]>([]) },
        fc.uniqueArray(fc.constantFrom('m1', 'm2', 'm3'), { maxLength: 2 }),
      ),
      maxAttempts: fc.constantFrom(1, 1, 2, 3),
      onError: fc.constantFrom('stop' as const, 'continue' as const),
      idempotent: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
      always: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
      isForEach: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
      check: fc.boolean(),
      undo: fc.boolean(),
      weight: fc.constantFrom(0.1, 1, 2.5),
    })
    .map(({ dependsOn, maxAttempts, isForEach, check, undo, ...fields }) =>
      aStep(`s${index}`, {
        ...fields,
        dependsOn: [...new Set(dependsOn)].map((each) => `s${each}`),
        retry: { maxAttempts, backoff: { initialSeconds: 1, maxSeconds: 30 } },
        has: { check, forEach: false, undo, verify: false, when: false },
        ...(isForEach ? { forEach: '${{ inputs.items }}' } : {}),
      }),
    );

/** Only clean-up may depend on clean-up. */
function withoutBadEdges(steps: readonly StepSpec[]): readonly StepSpec[] {
  const cleanUps = new Set(steps.filter(({ always }) => always).map(({ name }) => name));
  return steps.map((each) =>
    each.always
      ? each
      : { ...each, dependsOn: each.dependsOn.filter((name) => !cleanUps.has(name)) },
  );
}

const graph: fc.Arbitrary<MachineOptions> = fc
  .tuple(
    fc
      .integer({ min: 0, max: 9 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => step(index)))),
    fc.constantFrom(1, 2, 4, Infinity),
    fc.boolean(),
  )
  .map(([steps, concurrency, rollback]) =>
    optionsOf(withoutBadEdges(steps), { concurrency, rollback }),
  );

const device = fc.record({
  executions: fc.array(graph, { minLength: 1, maxLength: 3 }),
  choices: fc.array(fc.nat({ max: 100_000 }), { maxLength: 80 }),
});

const CONTROLS = ['pause', 'resume', 'stop', 'skip', 'retry', 'run', 'from'] as const;

function controlOf(choice: number, runner: Runner): ExecutionControl {
  const type = CONTROLS[choice % CONTROLS.length] ?? 'pause';
  const nodes = runner.machine.nodes();
  const name = nodes[Math.floor(choice / 7) % Math.max(1, nodes.length)]?.name ?? 'nothing';
  switch (type) {
    case 'pause':
    case 'resume':
      return { type };
    case 'stop':
      return { type, reason: choice % 2 === 0 ? 'cancelled' : 'timeout' };
    case 'from':
      return { type: 'resume', from: name };
    case 'skip':
    case 'retry':
    case 'run':
      return { type, step: name };
  }
}

/** Something happens, by `choice`; `false` where nothing is going on. */
function happen(world: World, choice: number, outcomes: Outcomes, keep?: number): boolean {
  const events = world.runners.flatMap((runner) => [
    ...[...runner.running].map((name) => () => {
      const node = runner.node(name);
      const spec = runner.spec(name);
      const does = choice % 11;
      if (does === 0) runner.tell({ type: 'progressed', step: name, percent: choice % 101 }, keep);
      else if (does === 1) runner.tell({ type: 'working', step: name }, keep);
      else runner.settle(name, outcomes(node, spec), (choice % 100) / 100, keep);
    }),
    ...[...runner.waiting].map((name) => () => {
      runner.waiting.delete(name);
      runner.tell({ type: 'due', step: name, at: 0 }, keep);
    }),
    ...(runner.undoing === undefined ? [] : [runner.undoing]).map((name) => () => {
      runner.undoing = undefined;
      runner.tell({ type: 'undone', step: name, success: choice % 3 > 0, at: 0 }, keep);
    }),
  ]);
  const event = events[Math.floor(choice / 13) % Math.max(1, events.length)];
  event?.();
  return event !== undefined;
}

type Device = typeof device extends fc.Arbitrary<infer T> ? T : never;

/** Plays a device to its end. What goes wrong is told with what was written down until then. */
function play(run: Device): World {
  const world = new World(run.executions);
  try {
    playOn(world, run);
  } catch (thrown) {
    const journals = world.runners.map(({ id, journal }) =>
      [id, ...journal.map((record) => JSON.stringify(record))].join('\n'),
    );
    throw new Error(journals.join('\n'), { cause: thrown });
  }
  return world;
}

/** Until the choices run out; then everything goes well, and all must end. */
function playOn(world: World, run: Device): void {
  world.begin();
  for (const choice of run.choices) {
    const runner = world.runners[choice % world.runners.length];
    const outcomes: Outcomes = (node, spec) => outcomeOf(Math.floor(choice / 3), node, spec);
    const isCrash = choice % 29 === 0;
    const keep = isCrash ? choice % 5 : undefined;
    if (choice % 23 === 0) runner?.snapshot();
    if (choice % 7 === 0) runner?.control(controlOf(Math.floor(choice / 7), runner), keep);
    else happen(world, choice, outcomes, keep);
    if (isCrash) world.crash(choice % 2 === 0);
    else world.grant();
  }
  for (let count = 0; world.runners.some((runner) => !hasEnded(runner)); count += 1) {
    if (count > 2000) throw new Error('it does not end');
    for (const runner of world.runners) goOn(runner);
    world.grant();
    happen(world, 26, (node, spec) => outcomeOf(30, node, spec));
    world.grant();
  }
}

function hasEnded({ machine: { status } }: Runner): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** What a person does who wants it to end. */
function goOn(runner: Runner): void {
  if (runner.machine.status === 'paused') runner.control({ type: 'resume' });
  const asked = runner.machine.nodes().find(({ interrupted }) => interrupted);
  if (asked !== undefined) runner.control({ type: 'retry', step: asked.name });
}

describe('for any graphs, outcomes, controls and crashes', () => {
  it('all rules hold at every step, and every execution ends', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(device, (run) => {
        play(run);
      }),
      { numRuns: RUNS },
    );
  });
});

/** Plays one execution whose outcomes depend on step and attempt alone; crashes where told. */
function playOutcomes(
  options: MachineOptions,
  choices: readonly number[],
  crashes: boolean,
): readonly string[] {
  const world = new World([options]);
  const [runner] = world.runners;
  if (runner === undefined) throw new Error('there is no execution');
  const outcomes: Outcomes = ({ name, attempts, partOf }, spec) => {
    if (spec.forEach !== undefined && partOf === undefined) {
      return { kind: 'expanded', items: [1, 2] };
    }
    const hash = Array.from(name, (letter) => letter.charCodeAt(0)).reduce((a, b) => a + b);
    if ((hash + attempts * 3) % 4 === 0) return { kind: 'failed', result: failed(name) };
    return { kind: 'completed', result: resultOf(name, { attempts }) };
  };
  world.begin();
  for (let count = 0; !hasEnded(runner); count += 1) {
    if (count > 2000) throw new Error('it does not end');
    const choice = choices[count] ?? 2;
    const isCrash = crashes && choice % 3 === 0 && count < choices.length;
    happen(world, 2 + 11 * 13 * choice, outcomes, isCrash ? choice % 4 : undefined);
    if (isCrash) world.crash(false);
    else world.grant();
  }
  const { machine } = runner;
  const nodes = machine
    .nodes()
    .map(({ name, status, attempts }) => `${name} ${status} ${attempts}`);
  return [machine.status, `${machine.progress} %`, ...nodes];
}

/** Where a failure stops nothing else, what becomes of a step does not depend on who is faster. */
function isolated({ graph: { steps, ...limits } }: MachineOptions): MachineOptions {
  return optionsOf(
    steps.map((each) => ({ ...each, onError: 'continue' as const, idempotent: true })),
    limits,
  );
}

/** Nor where all is in strict order. */
function strict({ graph: { steps, rollback } }: MachineOptions): MachineOptions {
  return optionsOf(
    steps.map((each) => ({
      ...each,
      idempotent: true,
      retry: { ...each.retry, maxAttempts: 1 },
    })),
    { rollback, concurrency: 1 },
  );
}

describe('an execution that crashes and goes on', () => {
  const choices = fc.array(fc.nat({ max: 1000 }), { maxLength: 40 });

  it.each([
    ['whose failures are isolated', isolated],
    ['in strict order', strict],
  ])('comes to the same as an uninterrupted one %s', { timeout: 600_000 }, (_, variant) => {
    fc.assert(
      fc.property(graph, choices, (options, order) => {
        const same = variant(options);
        const calm = playOutcomes(same, [], false);
        expect(playOutcomes(same, order, true)).toEqual(calm);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the same inputs', () => {
  it('give the same records', () => {
    fc.assert(
      fc.property(device, (run) => {
        const journals = () => play(run).runners.map(({ journal }) => journal);
        expect(journals()).toEqual(journals());
      }),
    );
  });
});
