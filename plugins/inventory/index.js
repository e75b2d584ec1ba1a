import { FACTS, inLanguage } from './facts.js';

/** @type {import('../../src/sdk/index.ts').PluginDefinition} */
export default {
  async run(ctx) {
    const facts = {};
    for (const [done, { name, label, collect }] of FACTS.entries()) {
      // Setup may end before we do; work that listens ends at once and leaves nothing half done.
      ctx.signal.throwIfAborted();
      ctx.progress((100 * done) / FACTS.length, inLanguage(label, ctx.device.language));
      facts[name] = await collect();
      ctx.log.debug(`${name}: ${JSON.stringify(facts[name])}`);
    }
    await ctx.storage.set('facts', facts);
    ctx.log.info(`took stock of ${FACTS.length} things`);
    ctx.progress(100);
  },

  routes: {
    /** What was found; `null` before the first run. Kept over restarts. */
    facts: async (_body, ctx) => (await ctx.storage.get('facts')) ?? null,
  },

  async health() {
    return { healthy: true, message: `${FACTS.length} kinds of facts` };
  },
};
