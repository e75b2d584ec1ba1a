import { describe, expect, it } from 'vitest';
import { toMermaid } from './graph-mermaid.ts';
import { toSvg } from './graph-svg.ts';
import { layOut } from './graph-layout.ts';
import { graphOf, type PlanGraph } from './graph.ts';
import { check, GENERAL, pluginText, testCore } from './plan.test-support.ts';

async function graph(...parts: readonly string[]): Promise<PlanGraph> {
  const { plan, diagnostics } = await check(GENERAL + parts.join('\n'));
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return graphOf(plan, await testCore());
}

const SMALL = [
  pluginText('first', { visible_in_ui: false, run_async: true }),
  pluginText('settings', { run_after_event_name: 'OneDone', completed_event_name: 'SettingsDone' }),
  pluginText('lost', { run_after_event_name: 'Nobody', completed_event_name: 'Lost' }),
  'when_flag = "new"',
  '[handoffs]\nhandoff_events = ["SettingsDone"]',
  '[flags.new]\nstate = "ENABLED"\nvariants = { on = true }\ndefaultVariant = "on"',
];

describe('the event graph', () => {
  it('joins plugins by their events, and handoffs to the core plugin that goes on', async () => {
    const { nodes, edges } = await graph(...SMALL);
    const name = new Map(nodes.map((node) => [node.id, node.name]));
    const shown = edges.map(({ from, to, kind }) => `${name.get(from)} ${kind} ${name.get(to)}`);
    expect(shown).toEqual([
      'core_one next core_two',
      'core_two next core_three',
      'core_one raises OneDone',
      'core_two raises TwoDone',
      'core_three raises ThreeDone',
      'the plan becomes active starts first',
      'OneDone starts settings',
      'settings raises SettingsDone',
      'Nobody starts lost',
      'lost raises Lost',
      'SettingsDone hands back core_two',
    ]);
  });

  it('knows what never starts, what is never raised, and what a flag decides', async () => {
    const { nodes, never_starts, flags, handoffs, cycles } = await graph(...SMALL);
    expect(nodes.flatMap((n) => (n.kind === 'event' && !n.raised ? [n.name] : []))).toEqual([
      'Nobody',
      'Lost',
    ]);
    expect({ never_starts, flags, handoffs, cycles }).toEqual({
      never_starts: ['lost'],
      flags: [{ name: 'new', variants: ['on'], plugins: ['lost'] }],
      handoffs: ['SettingsDone'],
      cycles: [],
    });
  });

  it('names circles', async () => {
    const { cycles } = await graph(
      pluginText('a', { run_after_event_name: 'B', completed_event_name: 'A' }),
      pluginText('b', { run_after_event_name: 'A', completed_event_name: 'B' }),
    );
    expect(cycles).toEqual([['a', 'b']]);
  });

  it('draws the very first event behind the beginning', async () => {
    const { nodes, edges } = await graph(pluginText('a', { run_after_event_name: 'SetupStarted' }));
    const event = nodes.find(({ name }) => name === 'SetupStarted');
    expect(edges).toContainEqual({ from: 'start', to: event?.id, kind: 'raises' });
  });
});

describe('as Mermaid', () => {
  it('is a flow chart', async () => {
    expect(toMermaid(await graph(...SMALL))).toBe(`flowchart LR
  start(("the plan becomes active"))
  c0["core_one<br/>core"]:::core
  c1["core_two<br/>core"]:::core
  c2["core_three<br/>core"]:::core
  p0["first<br/>headless, background"]:::plugin
  p1["settings<br/>screen, foreground"]:::plugin
  p2["lost<br/>never starts<br/>if new is true"]:::dead
  e0(["OneDone"]):::event
  e1(["TwoDone"]):::event
  e2(["ThreeDone"]):::event
  e3(["SettingsDone<br/>handoff"]):::handoff
  e4(["Nobody<br/>never raised"]):::dead
  e5(["Lost<br/>never raised"]):::dead
  c0 ==> c1
  c1 ==> c2
  c0 --> e0
  c1 --> e1
  c2 --> e2
  start --> p0
  e0 --> p1
  p1 --> e3
  e4 --> p2
  p2 --> e5
  e3 -. hands back .-> c1
  classDef core fill:#dbeafe,stroke:#1d4ed8,color:#111827
  classDef plugin fill:#f0fdf4,stroke:#15803d,color:#111827
  classDef event fill:#ffffff,stroke:#6b7280,color:#111827
  classDef handoff fill:#fef3c7,stroke:#b45309,color:#111827
  classDef dead fill:#fee2e2,stroke:#b91c1c,color:#111827,stroke-dasharray:4 3
`);
  });

  it('lets no event name end its label', async () => {
    const event = 'a"]; click e0 <b>#';
    const text = toMermaid(await graph(pluginText('a', { completed_event_name: event })));
    expect(text).toContain('(["a#34;#93;#59; click e0 #60;b#62;#35;"])');
  });
});

describe('the layout', () => {
  it('puts core plugins below each other, and what they start to the right', async () => {
    const model = await graph(...SMALL);
    const { cells } = layOut(model);
    const at = (name: string): string => {
      const cell = cells.get(model.nodes.find((node) => node.name === name)?.id ?? '');
      return `${cell?.column},${cell?.row}`;
    };
    expect(
      ['core_one', 'OneDone', 'settings', 'SettingsDone', 'core_two', 'core_three'].map(at),
    ).toEqual(['0,1', '1,1', '2,1', '3,1', '0,2', '0,3']);
  });

  it('gives every node of 10,000 a place of its own, in a chain and in a fan', async () => {
    const chain = Array.from({ length: 5000 }, (_, at) => ({
      ...plain(`c${at}`),
      run_after_event_name: at === 0 ? 'OneDone' : `C${at - 1}`,
      completed_event_name: `C${at}`,
    }));
    const fan = Array.from({ length: 5000 }, (_, at) => ({
      ...plain(`f${at}`),
      run_after_event_name: 'OneDone',
    }));
    const { plan } = await check(GENERAL);
    const model = graphOf({ ...plan!, plugins: [...chain, ...fan] }, await testCore());
    const { cells } = layOut(model);
    const taken = new Set([...cells.values()].map(({ column, row }) => `${column},${row}`));
    expect(taken.size).toBe(model.nodes.length);
  });
});

/** A plugin as the checker would hand it over. */
function plain(name: string) {
  return {
    name,
    plugin_route: name,
    version: '1',
    plugin_location_type: 'local',
    plugin_base_path: './',
    run_async: false,
    visible_in_ui: true,
    on_failure: 'ask',
    retries: 2,
  } as const;
}

describe('as SVG', () => {
  it('has one box for every node, and an arrow for every edge', async () => {
    const model = await graph(...SMALL);
    const svg = toSvg(model);
    expect(svg.match(/<title>/g)).toHaveLength(model.nodes.length);
    expect(svg.match(/<path class="edge/g)).toHaveLength(model.edges.length);
  });

  it('lets no name become markup, and reaches for nothing outside', async () => {
    const event = '</text><script>alert(1)</script>&"';
    const svg = toSvg(await graph(pluginText('a', { completed_event_name: event })));
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;</title>');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|href|@import/);
  });

  it('cuts a long name, which its tooltip has in full', async () => {
    const svg = toSvg(await graph(pluginText('a-plugin-with-a-name-that-does-not-fit')));
    expect(svg).toContain('>a-plugin-with-a-name-that-…</text>');
    expect(svg).toContain('<title>a-plugin-with-a-name-that-does-not-fit\n');
  });
});
