import { writeFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import type { TraceRecord } from '#shared';
import type { AppProcess } from './app-process.ts';
import { readTrace } from './read-trace.ts';

/** An app that was started, and a page that shows it. What `Setup` needs of a shell. */
export interface OpenShell {
  readonly process: AppProcess;
  readonly page: Page;
}

/** A setup under test: starts, watches, kills and resumes one device. */
export class SetupRun {
  /** State folder of the device. */
  readonly home: string;
  readonly #open: (page: Page | undefined) => Promise<OpenShell>;
  #shell: OpenShell | undefined;
  /** What processes that have ended had printed. */
  #earlierLogs = '';

  constructor(home: string, open: (page: Page | undefined) => Promise<OpenShell>) {
    this.home = home;
    this.#open = open;
  }

  /** The page; the same one after a restart of the browser shell. */
  get page(): Page {
    return this.#running.page;
  }

  get #running(): OpenShell {
    if (this.#shell === undefined) throw new Error('the app has not been started');
    return this.#shell;
  }

  async open(): Promise<void> {
    this.#shell = await this.#open(this.#shell?.page);
  }

  /**
   * Waits until a screen is up and takes input: `welcome`, `network`, `update`, `terms`, `profile`,
   * `provision`, `finish`, `working`, `failure`, `stop`, `finished`, or the route of a plugin.
   */
  async waitForScreen(name: string): Promise<void> {
    // A plugin's screen says when its page is there.
    const screen = this.page.locator(`[data-screen="${name}"]:not([data-ready="false"])`);
    await expect(screen).toBeVisible({ timeout: 20_000 });
  }

  /** Waits until an event of the plan was raised. */
  async waitForEvent(name: string): Promise<void> {
    await expect
      .poll(() => this.trace().some((it) => it.type === 'event.raised' && it.event === name), {
        message: `event ${name}`,
        timeout: 20_000,
      })
      .toBe(true);
  }

  /** The trace so far, of all starts of this home. */
  trace(): readonly TraceRecord[] {
    return readTrace(this.home);
  }

  /** What the app has printed so far. */
  log(): string {
    return this.#earlierLogs + (this.#shell?.process.log() ?? '');
  }

  /** Ends the app as a power cut would: without a word. */
  async kill(): Promise<void> {
    await this.#running.process.end('SIGKILL');
  }

  /** Starts the app again in the same home. */
  async restart(): Promise<void> {
    this.#earlierLogs = this.log();
    await this.open();
  }

  /** Waits until the app ends by itself. The value is its exit code. */
  async ended(): Promise<number | undefined> {
    return this.#running.process.ended;
  }

  /** Ends the app as Ctrl-C does. The value is its exit code. */
  async stop(): Promise<number | undefined> {
    return this.#shell?.process.end('SIGINT');
  }

  /** Writes down what a person looks at first when a test has failed. */
  async saveEvidence(path: (name: string) => string): Promise<readonly string[]> {
    const files = {
      'trace.jsonl': this.trace()
        .map((it) => JSON.stringify(it))
        .join('\n'),
    };
    const all = Object.entries({ ...files, 'app.log': this.log() });
    for (const [name, text] of all) await writeFile(path(name), text);
    return all.map(([name]) => name);
  }
}
