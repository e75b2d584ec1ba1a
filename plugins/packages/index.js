import { textsFor } from './texts.js';

/**
 * Work as plain commands, one after the other, each a step of the name that it gives itself. The
 * programs are two scripts, so that this can be tried anywhere and needs no rights; on a device they would be
 * `['apt-get', 'update']` and `['apt-get', '--yes', 'upgrade']`, with `sudo: true`.
 *
 * @type {import('../../src/sdk/index.ts').PluginDefinition}
 */
export default {
  commands: (ctx) => {
    const texts = textsFor(ctx.device.language);
    // No path of the package in here: another place of the same package would count as other steps.
    const env = { PACKAGES_FOLDER: ctx.dataFolder };
    return [
      {
        cmd: ['sh', 'refresh.sh'],
        description: texts.refresh,
        stepName: 'refresh',
        stepNumber: 1,
        totalSteps: 2,
        phase: 'download',
        timeoutSeconds: 300,
        env,
        // 100: there are some.
        ignoreExitCodes: [100],
        errorPatterns: ['^E: '],
      },
      {
        cmd: ['sh', 'upgrade.sh'],
        description: texts.upgrade,
        stepName: 'upgrade',
        stepNumber: 2,
        totalSteps: 2,
        phase: 'execute',
        timeoutSeconds: 1800,
        env,
        // It says so with exit code 1, but nothing is wrong.
        successPatterns: ['^Nothing to do'],
        errorPatterns: ['^E: ', '^dpkg: error'],
      },
    ];
  },
};
