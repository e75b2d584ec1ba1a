// @ts-check
// `npm start`: builds what is stale, picks a shell, and runs it until it ends.
import { createRequire } from 'node:module';

const { complaintAbout } = createRequire(import.meta.url)('./lib/node-version.cjs');
const complaint = complaintAbout(process.versions.node);
if (complaint === undefined) {
  // Loaded behind the check: an old Node could not even read some of it.
  const { start } = await import('./lib/start-app.mjs');
  process.exitCode = await start(process.argv.slice(2));
} else {
  console.error(complaint);
  process.exitCode = 1;
}
