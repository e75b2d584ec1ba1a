import { fail, ok } from '#shared';
import { compileConfigSchema, withoutDoubles, type CheckConfig } from './config-problems.ts';
import type { WorkExecutor, WorkProblem, WorkRegistry } from './work-executor.ts';

/** Makes the registry of a device's executors, with none in it. */
export function createWorkRegistry(): WorkRegistry {
  const byName = new Map<string, WorkExecutor>();
  const byType = new Map<string, WorkExecutor>();
  /** Compiling a schema takes milliseconds: once for each type. */
  const checks = new Map<string, CheckConfig>();

  const checkOf = (executor: WorkExecutor, type: string): CheckConfig => {
    const known = checks.get(type);
    if (known !== undefined) return known;
    const made = compileConfigSchema(executor.getSchema(type));
    checks.set(type, made);
    return made;
  };

  return {
    register(executor) {
      const { name } = executor.getMetadata();
      const types = executor.getSupportedTypes();
      const taken = types.find((type) => byType.has(type));
      if (byName.has(name) || taken !== undefined) {
        const message =
          taken === undefined
            ? `There is an executor "${name}" already.`
            : `Work of the type "${taken}" is done by the executor "${byType.get(taken)?.getMetadata().name ?? ''}" already: "${name}" cannot be added.`;
        return fail({ code: 'execution/bad-work', message });
      }
      byName.set(name, executor);
      for (const type of types) byType.set(type, executor);
      return ok(undefined);
    },
    unregister(name) {
      const executor = byName.get(name);
      if (executor === undefined) return false;
      byName.delete(name);
      for (const [type, its] of byType) {
        if (its !== executor) continue;
        byType.delete(type);
        checks.delete(type);
      }
      return true;
    },
    get: (type) => byType.get(type),
    list: () =>
      [...byName.values()].map((executor) => ({
        ...executor.getMetadata(),
        types: executor.getSupportedTypes(),
      })),
    validateWork(work, stage = 'declared') {
      const executor = byType.get(work.type);
      if (executor === undefined) {
        return [whole(`no executor does work of the type "${work.type}"`)];
      }
      let check: CheckConfig;
      try {
        check = checkOf(executor, work.type);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return [whole(`the schema of its executor cannot be used: ${why}`)];
      }
      return withoutDoubles([...check(work.config, stage), ...executor.validate(work)]);
    },
  };
}

function whole(message: string): WorkProblem {
  return { pointer: '', message };
}
