import { DEFAULTS } from './answers.js';
import { runtimeSteps } from './steps.js';

/** @type {import('../../src/sdk/index.ts').PluginDefinition} */
export default {
  // Without a screen, these say which runtime it is; an answers file may say another.
  defaultAnswers: DEFAULTS,
  steps: (ctx) => runtimeSteps(ctx.device.language),
};
