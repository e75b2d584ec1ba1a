// One cold start: `node cold.mjs MODULE PLAN CORE` prints the milliseconds from before the first import of
// the module to a loaded plan.
import { pathToFileURL } from 'node:url';

const [, , module, plan, core] = process.argv;
const started = performance.now();
const { load } = await import(pathToFileURL(module).href);
const plugins = await load(plan, core);
const ms = performance.now() - started;
if (plugins !== 100) throw new Error(`${module} gave ${plugins} plugins`);
console.log(ms);
