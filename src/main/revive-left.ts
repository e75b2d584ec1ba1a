import type { Failure, LogLevel } from '#shared';
import type { ExecutionEngine, FoundExecution } from './execution/engine/execution-engine.ts';
import { askToStartOver } from './execution/engine/start-over.ts';
import type { PluginRunner } from './plugin-runner.ts';

interface ReviveLeftOptions {
  readonly engine: ExecutionEngine;
  readonly runner: Pick<PluginRunner, 'start'>;
  readonly log: (level: LogLevel, text: string) => void;
}

/**
 * Goes on with what the control API began and the last end of the app left. Where a plugin has other
 * steps by now, a person is asked; whatever else hinders one is in the log, and it stays interrupted.
 */
export function reviveLeft(options: ReviveLeftOptions): void {
  for (const left of options.engine.unadopted()) {
    if (left.owner === 'api') void revive(left, options);
  }
}

async function revive(left: FoundExecution, options: ReviveLeftOptions): Promise<void> {
  const { engine, log } = options;
  const revived = await engine.revive(left.executionId);
  if (revived.ok) return;
  const { failure } = revived;
  if (failure.code === 'execution/steps-changed') await askWhatToDo(left, options);
  else log('warn', inWords(left, failure));
}

async function askWhatToDo(
  left: FoundExecution,
  { engine, runner, log }: ReviveLeftOptions,
): Promise<void> {
  const { executionId, inputs, identity } = left;
  const { plugin } = identity;
  const over = new AbortController();
  // Somebody may stop it, or begin anew, without looking at the question.
  void engine.whenEnded(executionId).then(() => over.abort());
  const answer = await askToStartOver(engine, left, over.signal);
  if (answer === undefined) return;
  engine.abandon(executionId, 'steps-changed');
  if (answer === 'leave' || plugin === undefined) return;
  // Begun without answers, it had the plugin's own, secret ones among them: it has them again.
  const answers = identity.givenSecrets === undefined ? undefined : inputs;
  // Who answered is in the audit trail of the one that was left.
  const started = await runner.start({ plugin, answers, fresh: true }, { who: 'engine' });
  if (!started.ok) log('warn', inWords(left, started.failure));
}

function inWords({ name }: FoundExecution, { message }: Failure): string {
  return `${name} does not go on: ${message}`;
}
