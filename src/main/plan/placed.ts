import type { Diagnostic } from '#shared';
import { toDiagnostic, type Finding } from './finding.ts';

/** Findings with their places in the text, in the order of the text. */
export async function placed(
  text: string,
  findings: readonly Finding[],
): Promise<readonly Diagnostic[]> {
  if (findings.length === 0) return [];
  // A second parser, as large as the first: files without findings are read without it.
  const { locate } = await import('./positions.ts');
  const places = locate(text, findings);
  return findings
    .map((finding, at) => toDiagnostic(finding, places[at] ?? { line: 1, column: 1 }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}
