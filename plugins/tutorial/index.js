/** @type {import('../../src/sdk/index.ts').PluginDefinition} */
export default {
  defaultAnswers: { tasksDone: 0 },

  /** Counts how often the tour was taken, over restarts. */
  async run(ctx) {
    const taken = Number((await ctx.storage.get('taken')) ?? 0) + 1;
    await ctx.storage.set('taken', taken);
    ctx.log.info(`tour ${taken}: ${ctx.answers.tasksDone ?? 0} tasks done`);
  },
};
