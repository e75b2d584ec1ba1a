import { DEFAULTS, problemWith } from './answers.js';

/** Names to begin with, by language; English where we know none. */
const NAMES = {
  en: ['Kitchen', 'Living room', 'Workshop', 'Study', 'Sunroom'],
  de: ['Küche', 'Wohnzimmer', 'Werkstatt', 'Arbeitszimmer', 'Wintergarten'],
  ja: ['キッチン', 'リビング', '作業部屋', '書斎', 'サンルーム'],
  ar: ['المطبخ', 'غرفة المعيشة', 'الورشة', 'المكتب', 'الشرفة'],
};

/** @type {import('../../src/sdk/index.ts').PluginDefinition} */
export default {
  // What a run without a screen answers.
  defaultAnswers: DEFAULTS,

  routes: {
    /** Another name each time, so that a person can go on asking until one fits. */
    'suggest-name': async (body, ctx) => {
      const names = NAMES[body?.language] ?? NAMES.en;
      const asked = Number((await ctx.storage.get('suggested')) ?? 0);
      await ctx.storage.set('suggested', asked + 1);
      return { name: names[asked % names.length] };
    },
  },

  /** After the screen was answered. Throwing shows the failure screen with Retry. */
  async run(ctx) {
    const problem = problemWith(ctx.answers);
    if (problem !== undefined) throw new Error(problem);
    const { deviceName, ...rest } = ctx.answers;
    await ctx.storage.set('settings', { deviceName: deviceName.trim(), ...rest });
    ctx.log.info(`the device is called ${deviceName.trim()}`);
  },
};
