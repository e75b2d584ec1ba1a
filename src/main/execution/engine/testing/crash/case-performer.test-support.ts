import { functionPerformer } from '../../../../executors/testing/function-performer.test-support.ts';
import { createWorkPerformer } from '../../../../executors/work-performer.ts';
import { createWorkRegistry } from '../../../../executors/registry.ts';
import type { StepCall, StepPerformer } from '../../step-performer.ts';
import { lineText, type Ledger } from './ledger.test-support.ts';
import type { CrashExecution } from './random-case.test-support.ts';

// Stands in for a plugin's process; commands are real.

/** Performs the steps of a case, and has each write into the ledger; commands need one with a file. */
export function casePerformer(execution: CrashExecution, ledger: Ledger): StepPerformer {
  const { name } = execution;
  const behaviourOf = ({ step }: StepCall) => {
    const behaviour = execution.behaviours[step.name];
    if (behaviour === undefined) throw new Error(`nothing is known of ${step.name}`);
    return behaviour;
  };
  const isDone = (call: StepCall): boolean =>
    ledger.lines.some(
      (line) => line.what === 'end' && line.execution === name && line.step === nodeOf(call),
    );
  const functions = functionPerformer(
    {},
    {
      check: isDone,
      verify: isDone,
      async *run(call) {
        const { failures, turns, says } = behaviourOf(call);
        const line = { execution: name, step: nodeOf(call), number: call.attempt };
        ledger.add({ what: 'begin', ...line });
        for (let turn = 1; turn <= turns; turn += 1) {
          await new Promise(setImmediate);
          if (says) yield { type: 'progress', percent: (100 * turn) / (turns + 1) };
        }
        if (call.attempt <= failures) throw new Error(`attempt ${call.attempt} fails`);
        ledger.add({ what: 'end', ...line });
        return { of: nodeOf(call) };
      },
      undo: (call) => {
        ledger.add({ what: 'undo', execution: name, step: nodeOf(call), number: 1 });
      },
    },
  );
  const works = createWorkPerformer({
    registry: createWorkRegistry(),
    cwd: '/',
    env: { PATH: process.env.PATH },
    graceMs: 500,
  });
  return {
    ask: (call) => functions.ask(call),
    perform: (call) => {
      if (call.commands === undefined) return functions.perform(call);
      const line = { execution: name, step: nodeOf(call), number: call.attempt };
      const text = (what: 'begin' | 'end') => `echo '${lineText({ what, ...line })}' >> "$0"`;
      const { failures, turns } = behaviourOf(call);
      const end = call.attempt <= failures ? 'exit 3' : text('end');
      const script = `${text('begin')}; sleep 0.00${turns}; ${end}`;
      return works.perform({
        ...call,
        commands: [{ cmd: ['sh', '-c', script, ledger.file ?? ''] }],
      });
    },
  };
}

function nodeOf({ step, scope }: StepCall): string {
  return scope.index === undefined ? step.name : `${step.name}[${scope.index}]`;
}
