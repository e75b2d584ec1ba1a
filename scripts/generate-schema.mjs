// @ts-check
// Writes what is made from the schemas of plans and of the device configuration: the JSON Schemas for
// editors in `resources/schema/`, and the tables and the picture of `docs/plans.md`. A test fails when
// they are stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { basePlanPicture, schemaFiles, withFieldTables } from './lib/plan-schemas.ts';
import { ROOT } from './lib/project.mjs';

const folder = join(ROOT, 'resources/schema');
mkdirSync(folder, { recursive: true });
for (const [name, text] of schemaFiles()) writeFileSync(join(folder, name), text);

const document = join(ROOT, 'docs/plans.md');
const config = await resolveConfig(document);
const text = withFieldTables(readFileSync(document, 'utf8'));
writeFileSync(document, await format(text, { ...config, filepath: document }));

const picture = await basePlanPicture({
  core: readFileSync(join(ROOT, 'resources/core.toml')),
  plan: readFileSync(join(ROOT, 'resources/execution_plan.toml')),
});
writeFileSync(join(ROOT, 'docs/images/base-plan.svg'), picture);
