import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCore, loadPlan } from './cli/load-plan.ts';
import { resourcesFolder } from './resources.ts';

describe('the resources of the app', () => {
  it('are found', () => {
    expect(existsSync(join(resourcesFolder(), 'core.toml'))).toBe(true);
  });

  it('have a core sequence and a base plan that nothing is to be said against', async () => {
    const { core } = await loadCore();
    expect(core?.plugins.map(({ name }) => name)).toEqual([
      'core_welcome',
      'core_wifi',
      'core_execution_plan',
      'core_terms',
      'core_login',
      'core_provision',
      'core_finish',
    ]);
    const { plan, diagnostics } = await loadPlan(
      join(resourcesFolder(), 'execution_plan.toml'),
      core!,
    );
    expect(diagnostics).toEqual([]);
    expect(plan?.handoff_events).toEqual(['HowtoCompleted', 'TutorialCompleted']);
  });
});
