import { fail, ok, type Failure, type JsonObject, type Result } from '#shared';
import { declareSteps } from '../../execution/graph/declare-steps.ts';
import type { CommandSpec, StepSpec } from '../../execution/step-spec.ts';

/** What a plugin's commands may do, by its manifest and on this machine. */
export interface CommandRights {
  /** Does `permissions.commands` name any program? */
  readonly mayStart: boolean;
  /** In a sandbox nothing can gain privileges. */
  readonly isSandboxed: boolean;
}

/** Why the commands of a step cannot be run; asked before, so that it is the same on every machine. */
export function commandsProblem(
  step: StepSpec,
  commands: readonly CommandSpec[],
  rights: CommandRights,
): Failure | undefined {
  if (!rights.mayStart) {
    const program = commands[0]?.cmd[0] ?? '';
    return {
      code: 'step/no-program',
      message: `"${program}" may not be started by this plugin.`,
      hint: 'Name it in "permissions.commands" of the plugin.',
    };
  }
  const privileged = commands.find(({ sudo }) => sudo ?? step.sudo);
  if (privileged === undefined || !rights.isSandboxed) return undefined;
  return {
    code: 'step/sudo-denied',
    message: `"${privileged.cmd[0] ?? ''}" was not run with privileges: the plugin runs in a sandbox (bubblewrap), in which nothing can gain any.`,
    hint: 'Run the step without "sudo", or leave what needs privileges to the system.',
  };
}

/** A work item of type `command`, checked as a plugin's own commands are. */
export function asCommand(config: JsonObject): Result<CommandSpec> {
  const declared = declareSteps({ commands: [config] });
  if (!declared.ok) return fail({ ...declared.failure, code: 'step/bad-value' });
  const work = declared.value.spec.steps[0]?.work;
  const command = work?.kind === 'commands' ? work.commands[0] : undefined;
  return command === undefined
    ? fail({ code: 'step/bad-value', message: 'The work has no command.' })
    : ok(command);
}
