import { describe, expect, it } from 'vitest';
import { failureLine, parseShellOptions, SHELL_HELP } from './shell-options.ts';

const parse = (...args: string[]) => parseShellOptions(args);
const complaint = (...args: string[]) => {
  const result = parse(...args);
  return result.ok ? undefined : failureLine(result.failure);
};

describe('the options of a shell', () => {
  it('have defaults', () => {
    expect(parse()).toEqual({
      ok: true,
      value: {
        home: undefined,
        fresh: false,
        port: 0,
        plan: undefined,
        plugins: undefined,
        core: undefined,
        noOpen: false,
        stay: false,
        browser: undefined,
        wired: false,
        offline: false,
        failures: new Map(),
        help: false,
      },
    });
  });

  it('are read', () => {
    const result = parse('--fresh', '--port=8080', '--plan', 'a.toml', '--no-open', '--home', 'h');
    expect(result).toMatchObject({
      value: { fresh: true, port: 8080, plan: 'a.toml', noOpen: true, home: 'h' },
    });
  });

  it('make plugins fail so many times, or always', () => {
    expect(parse('--fail', 'howto:2', '--fail', 'settings')).toMatchObject({
      value: {
        failures: new Map([
          ['howto', 2],
          ['settings', Infinity],
        ]),
      },
    });
  });

  it.each([
    [['--prot', '80'], 'There is no option --prot. Did you mean --port? (cli/usage)'],
    [['--zzzzzzzz'], 'There is no option --zzzzzzzz. See npm start -- --help. (cli/usage)'],
    [['-x'], 'There is no option -x. See npm start -- --help. (cli/usage)'],
    [['a.toml'], 'There is nothing to do with "a.toml". See npm start -- --help. (cli/usage)'],
    [['--port'], '--port needs a value. (cli/usage)'],
    [['--home='], '--home needs a value. (cli/usage)'],
    [['--fresh=yes'], '--fresh takes no value. (cli/usage)'],
    [['--port', '65536'], '--port must be a whole number up to 65535, not "65536". (cli/usage)'],
    [['--port', 'http'], '--port must be a whole number up to 65535, not "http". (cli/usage)'],
    [['--fail', 'a:0'], '--fail takes PLUGIN or PLUGIN:N, not "a:0". (cli/usage)'],
  ])('complain in one line about %j', (args, line) => {
    expect(complaint(...args)).toBe(line);
  });

  it('are all in the help', () => {
    for (const name of ['fresh', 'plan', 'plugins', 'home', 'port', 'no-open', 'help', 'wired'])
      expect(SHELL_HELP).toContain(`--${name}`);
  });
});
