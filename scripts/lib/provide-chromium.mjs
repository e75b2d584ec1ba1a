// @ts-check
import { existsSync } from 'node:fs';
import { findChromium } from './find-chromium.mjs';
import { projectNode } from './project.mjs';
import { runFor } from './run-for.mjs';

const PLAYWRIGHT_MS = 60_000;
const APT_MS = 300_000;

/**
 * A Chromium for the tests: the one that is there, else Playwright's own, else the system's package
 * where this user may install one.
 * @param {{ log: (line: string) => void }} options
 * @returns {Promise<{ ok: true, program: string } | { ok: false, message: string }>}
 */
export async function provideChromium({ log }) {
  const steps = [
    {
      line: "No Chromium is here: fetching Playwright's (at most 60 s)...",
      isPossible: true,
      command: [projectNode(), 'node_modules/@playwright/test/cli.js', 'install', 'chromium'],
      limitMs: PLAYWRIGHT_MS,
    },
    {
      line: "Installing the system's Chromium...",
      isPossible: process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'),
      command: [
        'sh',
        '-c',
        'apt-get update && apt-get install -y --no-install-recommends chromium',
      ],
      limitMs: APT_MS,
    },
  ];
  for (const { line, isPossible, command, limitMs } of steps) {
    const found = findChromium();
    if (found !== undefined) return { ok: true, program: found };
    if (!isPossible) continue;
    log(line);
    await runFor(command, limitMs);
  }
  const found = findChromium();
  return found === undefined
    ? {
        ok: false,
        message:
          'No Chromium was found: install it (Debian: apt-get install chromium) or name one in CHROMIUM_PATH. (shell/no-browser)',
      }
    : { ok: true, program: found };
}
