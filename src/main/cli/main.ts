#!/usr/bin/env node
import { CommanderError } from 'commander';
import { EXIT, endQuietlyOnClosedPipe } from './output.ts';
import { createProgram } from './program.ts';

// The `firstlight` command. Whatever is not a command line that was understood exits with 2; an exception
// beyond that is a bug, and shows its stack.
endQuietlyOnClosedPipe();
const program = createProgram();
for (const command of [program, ...program.commands.flatMap((c) => [c, ...c.commands])]) {
  command.exitOverride();
}
try {
  await program.parseAsync();
} catch (thrown) {
  if (!(thrown instanceof CommanderError)) throw thrown;
  // Asking for help is no mistake; needing it is.
  process.exitCode = thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
}
