/**
 * A plugin whose screen is all there is to it: no `run`, so that it ends with its answers.
 *
 * @type {import('../../src/sdk/index.ts').PluginDefinition}
 */
export default {
  defaultAnswers: { pagesSeen: 0 },
};
