import { describe, expect, it } from 'vitest';
import { aStep, check, graphOf, problemOf } from './step.test-support.ts';

const FLAGS = aStep('flags').has;

describe('the graph of steps', () => {
  it('DEP-001 a chain: each step depends on the one before', () => {
    const graph = graphOf(
      aStep('a'),
      aStep('b', { dependsOn: ['a'] }),
      aStep('c', { dependsOn: ['b'] }),
    );
    expect(graph.dependencies).toEqual([[], [0], [1]]);
    expect(graph.dependents).toEqual([[1], [2], []]);
    expect([...graph.indexOf]).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ]);
  });

  it('DEP-002 a diamond: two steps between one and one', () => {
    const graph = graphOf(
      aStep('last', { dependsOn: ['right', 'left'] }),
      aStep('left', { dependsOn: ['first'] }),
      aStep('right', { dependsOn: ['first'] }),
      aStep('first'),
    );
    expect(graph.dependencies).toEqual([[2, 1], [3], [3], []]);
    expect(graph.dependents).toEqual([[], [0], [0], [1, 2]]);
  });

  it('DEP-003 refuses a circle and names its steps in order', () => {
    const steps = [
      aStep('before'),
      aStep('after', { dependsOn: ['b'] }),
      aStep('a', { dependsOn: ['before', 'b'] }),
      aStep('b', { dependsOn: ['c'] }),
      aStep('c', { dependsOn: ['a'] }),
    ];
    expect(problemOf(...steps)).toBe(
      'The steps depend on each other in a circle: a -> b -> c -> a. ' +
        'Each of them depends on the next one: leave one of these dependencies out.',
    );
  });

  it('DEP-003 shows the beginning of a circle of thousands', () => {
    const steps = Array.from({ length: 10_000 }, (_, i) =>
      aStep(`s${i}`, { dependsOn: [`s${(i + 1) % 10_000}`] }),
    );
    expect(problemOf(...steps)).toMatch(/circle: s0 -> s1 -> .* -> s19 -> … \(9980 more\) -> s0\./);
  });

  it('refuses a step that depends on itself', () => {
    expect(problemOf(aStep('a', { dependsOn: ['a'] }))).toBe('The step "a" depends on itself.');
  });

  it('DEP-004 refuses a dependency that is missing, and says which was meant', () => {
    expect(problemOf(aStep('download'), aStep('install', { dependsOn: ['downlaod'] }))).toBe(
      'The step "install" depends on "downlaod", which is no step. Did you mean "download"?',
    );
    expect(problemOf(aStep('a', { dependsOn: ['something else'] }))).toBe(
      'The step "a" depends on "something else", which is no step.',
    );
  });

  it('DEP-005 keeps the declared order of steps without dependencies', () => {
    const graph = graphOf(aStep('z'), aStep('a'), aStep('m'));
    expect(graph.steps.map(({ name }) => name)).toEqual(['z', 'a', 'm']);
    expect(graph.dependencies).toEqual([[], [], []]);
  });

  it('takes a dependency that is named twice for one', () => {
    const graph = graphOf(aStep('a'), aStep('b', { dependsOn: ['a', 'a'] }));
    expect(graph.dependencies).toEqual([[], [0]]);
    expect(graph.dependents).toEqual([[1], []]);
  });

  it('refuses two steps of one name', () => {
    expect(problemOf(aStep('a'), aStep('a'))).toBe('There are two steps of the name "a".');
  });

  it('lets only an always step depend on an always step', () => {
    const cleanUp = aStep('clean up', { always: true });
    expect(problemOf(cleanUp, aStep('a', { dependsOn: ['clean up'] }))).toBe(
      'The step "a" depends on "clean up", which is an `always` step and so runs only when all others ' +
        'have ended. Make "a" an `always` step too, or leave the dependency out.',
    );
    const after = aStep('a', { always: true, dependsOn: ['clean up'] });
    expect(graphOf(cleanUp, after).dependencies).toEqual([[], [0]]);
  });

  it('may be empty', () => {
    expect(graphOf()).toMatchObject({ steps: [], dependencies: [], dependents: [] });
  });

  it('takes a chain of 10,000 steps without going deep', () => {
    const steps = Array.from({ length: 10_000 }, (_, i) =>
      aStep(`s${i}`, { dependsOn: i === 0 ? [] : [`s${i - 1}`] }),
    );
    expect(check(...steps).ok).toBe(true);
  });
});

describe('the digest of steps', () => {
  it('is 32 hex digits, the same for the same steps whatever the order of members', () => {
    const one = aStep('a', {
      work: { kind: 'work', item: { type: 't', config: { x: 1, y: {} } } },
    });
    const reversed = aStep('a', {
      has: Object.fromEntries(Object.entries(FLAGS).reverse()) as typeof FLAGS,
      work: { item: { config: { y: {}, x: 1 }, type: 't' }, kind: 'work' },
    });
    const { digest } = graphOf(one);
    expect(digest).toMatch(/^[0-9a-f]{32}$/);
    expect(graphOf(reversed).digest).toBe(digest);
    expect(graphOf(JSON.parse(JSON.stringify(one)) as typeof one).digest).toBe(digest);
  });

  it('is the same where only what people see differs: another language makes no other steps', () => {
    const told = (text: string) =>
      graphOf(
        aStep('a', {
          description: text,
          work: { kind: 'commands', commands: [{ cmd: ['true'], description: text }] },
        }),
      ).digest;
    expect(told('Download')).toBe(told('Herunterladen'));
    expect(graphOf(aStep('a', { weight: 7 })).digest).toBe(graphOf(aStep('a')).digest);
  });

  it('changes with whatever is done, and with the order of the steps', () => {
    const a = aStep('a');
    const variants = [
      [a, aStep('b')],
      [aStep('b'), a],
      [a],
      [aStep('a', { idempotent: false })],
      [aStep('a', { mutexes: ['apt'] })],
      [aStep('a', { has: { ...FLAGS, check: true } })],
      [aStep('a', { forEach: [] })],
      [aStep('a', { forEach: [{ a: 1 }] })],
      [aStep('a', { forEach: ['a', 1] })],
      [aStep('a', { timeoutSeconds: 5 })],
      [aStep('a', { heartbeatSeconds: 5 })],
      [aStep('a', { work: { kind: 'commands', commands: [{ cmd: ['true'] }] } })],
    ];
    expect(new Set(variants.map((steps) => graphOf(...steps).digest)).size).toBe(variants.length);
  });
});
