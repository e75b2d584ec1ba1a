import { isSafeLine } from '../../../shared/text-rules.ts';
import { quote } from '../../plan/words.ts';
import { DEFAULT_RETRY, type CommandSpec, type StepSpec } from '../step-spec.ts';
import type { FirstProblem } from './fields.ts';

/**
 * The steps of a plugin that has only commands, in strict order: commands of one `stepName` that follow each
 * other are one step, one without is a step of its own, `command-N` for the Nth command.
 */
export function stepsOfCommands(
  commands: readonly CommandSpec[],
  problems: FirstProblem,
): readonly StepSpec[] {
  const groups: { readonly name: string; readonly commands: CommandSpec[] }[] = [];
  const names = new Set<string>();
  for (const [index, command] of commands.entries()) {
    const name = command.stepName ?? `command-${index + 1}`;
    const last = groups.at(-1);
    if (last !== undefined && last.name === name && command.stepName !== undefined) {
      last.commands.push(command);
      continue;
    }
    if (names.has(name)) {
      const hint = 'Commands of one step must follow each other.';
      problems.note(
        `Command ${index + 1}`,
        `there is a step ${quote(name)} before it already`,
        hint,
      );
    }
    names.add(name);
    groups.push({ name, commands: [command] });
  }
  return groups.map(({ name, commands: its }, index) => {
    const before = groups[index - 1];
    return {
      name,
      description: descriptionOf(its) ?? name,
      work: { kind: 'commands', commands: its },
      dependsOn: before === undefined ? [] : [before.name],
      mutexes: [],
      idempotent: true,
      has: { check: false, forEach: false, undo: false, verify: false, when: false },
      always: false,
      retry: DEFAULT_RETRY,
      onError: 'stop',
      sudo: false,
    };
  });
}

/** The first description there is, else the name of the first program. */
function descriptionOf(commands: readonly CommandSpec[]): string | undefined {
  const described = commands.find(({ description }) => description !== undefined);
  if (described?.description !== undefined) return described.description;
  const program = commands[0]?.cmd[0]?.split(/[/\\]/).at(-1)?.trim();
  return program !== undefined && program !== '' && isSafeLine(program) ? program : undefined;
}
