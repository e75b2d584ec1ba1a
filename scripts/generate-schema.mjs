// @ts-check
// Writes what is made from the schemas of plans, of the device configuration and of the control API: the
// JSON Schemas for editors and the OpenAPI document in `resources/schema/`, the tables and the picture of
// `docs/plans.md`, and the requests of `docs/control-api.md`. A test fails when they are stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { openApiText, withOperations } from './lib/control-api.ts';
import { basePlanPicture, schemaFiles, withFieldTables } from './lib/plan-schemas.ts';
import { ROOT } from './lib/project.mjs';

const folder = join(ROOT, 'resources/schema');
mkdirSync(folder, { recursive: true });
for (const [name, text] of schemaFiles()) writeFileSync(join(folder, name), text);

writeFileSync(join(folder, 'control-api.openapi.json'), openApiText());

for (const [name, generate] of [
  ['docs/plans.md', withFieldTables],
  ['docs/control-api.md', withOperations],
]) {
  const filepath = join(ROOT, name);
  const config = await resolveConfig(filepath);
  const text = generate(readFileSync(filepath, 'utf8'));
  writeFileSync(filepath, await format(text, { ...config, filepath }));
}

const picture = await basePlanPicture({
  core: readFileSync(join(ROOT, 'resources/core.toml')),
  plan: readFileSync(join(ROOT, 'resources/execution_plan.toml')),
});
writeFileSync(join(ROOT, 'docs/images/base-plan.svg'), picture);
