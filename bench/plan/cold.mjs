// One cold start: `node cold.mjs MODULE PLAN CORE` prints what it takes from before the first import of the
// module to a loaded plan, in milliseconds of time and of all processors together.
import { pathToFileURL } from 'node:url';

const [, , module, plan, core] = process.argv;
const cpuBefore = process.cpuUsage();
const started = performance.now();
const { load } = await import(pathToFileURL(module).href);
const plugins = await load(plan, core);
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(cpuBefore);
if (plugins !== 100) throw new Error(`${module} gave ${plugins} plugins`);
console.log(JSON.stringify({ ms, cpu: (user + system) / 1000 }));
