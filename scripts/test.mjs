// @ts-check
// `npm test`: every check there is, in the order of what fails fastest. Stages can be named:
// `npm test -- unit e2e`. `--full` runs the long matrices whole.
import { spawnSync } from 'node:child_process';
import { projectNode } from './lib/project.mjs';

// Started directly, this may be an older Node than the tools need.
if (process.execPath !== projectNode() && Number(process.versions.node.split('.')[0]) < 22) {
  const { status } = spawnSync(projectNode(), process.argv.slice(1), { stdio: 'inherit' });
  process.exit(status ?? 1);
}
const { runStages } = await import('./lib/test-stages.mjs');
process.exitCode = await runStages(process.argv.slice(2));
