import { describe, expect, it } from 'vitest';
import { parseAnswers } from './answers-file.ts';

describe('an answers file', () => {
  it('has a table per plugin: answers, and what to do when it would ask', () => {
    const text = '[settings]\ndeviceName = "Nova"\n[job]\non_failure = "stop"\n';
    expect(parseAnswers(text, 'answers.toml').answers).toEqual(
      new Map([
        ['settings', { answers: { deviceName: 'Nova' } }],
        ['job', { onFailure: 'stop' }],
      ]),
    );
  });

  it('gives dates as text, as a plugin would get them', () => {
    const { answers } = parseAnswers('[job]\nday = 2026-01-02\n', 'answers.toml');
    expect(answers?.get('job')).toEqual({ answers: { day: '2026-01-02' } });
  });

  it.each([
    ['job = 1\n', 'a.toml: "job" must be a table of answers, such as [job]'],
    ['[job]\non_failure = "ask"\n', 'a.toml: on_failure of "job" must be "skip" or "stop"'],
    ['[job\n', 'a.toml:1:5: Invalid TOML document: illegal character in key'],
  ])('says what is wrong with %j', (text, problem) => {
    expect(parseAnswers(text, 'a.toml').problem).toBe(problem);
  });
});
