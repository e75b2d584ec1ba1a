// @ts-check
// `npm run bench -- flow`: runs the benchmarks that are named, or all of them.
const BENCHES = {
  api: () => import('./api.mjs'),
  flow: () => import('./flow.mjs'),
  journal: () => import('./journal.mjs'),
  plan: () => import('./plan.mjs'),
  plugin: () => import('./plugin.mjs'),
  steps: () => import('./steps.mjs'),
  update: () => import('./update.mjs'),
};

const named = process.argv.slice(2);
const unknown = named.find((name) => !(name in BENCHES));
if (unknown === undefined) {
  for (const [name, load] of Object.entries(BENCHES)) {
    if (named.length > 0 && !named.includes(name)) continue;
    console.log(`\n--- ${name}`);
    const { run } = await load();
    await run();
  }
} else {
  console.error(
    `There is no benchmark "${unknown}". Benchmarks: ${Object.keys(BENCHES).join(', ')}.`,
  );
  process.exitCode = 2;
}
