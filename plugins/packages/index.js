import path from 'node:path';

/**
 * Work as plain commands, one after the other, each a step of the name that it gives itself. The
 * programs are two scripts, so that this can be tried anywhere and needs no rights; on a device they would be
 * `['apt-get', 'update']` and `['apt-get', '--yes', 'upgrade']`, with `sudo: true`.
 *
 * @type {import('../../src/sdk/index.ts').PluginDefinition}
 */
export default {
  commands: (ctx) => {
    // The working folder of a command is the package, which is read-only.
    const env = {
      PACKAGES_FOLDER: ctx.dataFolder,
      PACKAGES_INDEX: path.join(import.meta.dirname, 'index.txt'),
    };
    return [
      {
        cmd: ['sh', 'refresh.sh'],
        description: 'Looking for newer packages',
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
        description: 'Bringing packages up to date',
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
