import { openApiDocument } from '../../src/main/api/openapi/document.ts';
import { OPERATIONS, type Operation } from '../../src/main/api/openapi/operations.ts';

/** What `scripts/generate-schema.mjs` writes of the control API, made from its table of operations. */

/** The OpenAPI document as text. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), undefined, 2)}\n`;
}

/** Replaces what stands between `<!-- operations -->` and `<!-- /operations -->`. */
export function withOperations(document: string): string {
  const marked = /(<!-- operations -->)[^]*?(<!-- \/operations -->)/;
  if (!marked.test(document)) throw new Error('the document has no place for the operations');
  const sections = `${tableOf(OPERATIONS)}\n\n${OPERATIONS.map(section).join('\n\n')}`;
  return document.replace(
    marked,
    (_all, start: string, end: string) => `${start}\n\n${sections}\n\n${end}`,
  );
}

/** The examples of the document, by operation. */
export function examplesIn(document: string): readonly { title: string; command: string }[] {
  return [...document.matchAll(/^### (.+)\n[^]*?```sh\n([^]*?)\n```/gm)].map(
    ([, title = '', command = '']) => ({ title, command }),
  );
}

function tableOf(operations: readonly Operation[]): string {
  const rows = operations.map(
    (operation) =>
      `| [\`${titleOf(operation)}\`](#${anchorOf(operation)}) | ${operation.summary} |`,
  );
  return ['| request | does |', '| --- | --- |', ...rows].join('\n');
}

function section(operation: Operation): string {
  const { summary, description, body, ok, problems, example } = operation;
  const names = body?.anyOf.filter((name) => name !== 'Nothing' && name !== 'Anything') ?? [];
  const sent =
    names.length === 0 ? '' : ` Body: ${names.map((name) => `\`${name}\``).join(' or ')}.`;
  return [
    `### ${titleOf(operation)}`,
    `${summary}.${description === undefined ? '' : ` ${description}`}`,
    `\`\`\`sh\n${example}\n\`\`\``,
    `${sent.trim()} Answer: ${ok.status}, ${answerOf(ok.schema)}. ${problemsOf(problems)}`.trim(),
  ].join('\n\n');
}

function titleOf({ method, path }: Operation): string {
  return `${method.toUpperCase()} ${path}`;
}

/** As GitHub makes anchors of headings. */
function anchorOf(operation: Operation): string {
  return titleOf(operation)
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function answerOf(schema: Operation['ok']['schema']): string {
  if (schema === 'text') return 'plain text';
  if (schema === 'events') return 'a stream of events';
  if (schema === 'anything') return 'JSON';
  return typeof schema === 'string' ? `\`${schema}\`` : `a list of \`${schema.listOf}\``;
}

function problemsOf(problems: readonly number[]): string {
  const statuses = [...new Set(problems)].sort((a, b) => a - b);
  return statuses.length === 0 ? '' : `Problems: ${statuses.join(', ')}.`;
}
