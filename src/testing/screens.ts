import type { FrameLocator, Locator, Page } from '@playwright/test';

// Page objects: what a person does on each screen. They go by stable names (`data-screen`,
// `data-action`, field names) and never by text, so they hold in every language.

/** What all screens of the app have. */
export class Screen {
  /** The screen as a whole; nothing is found when another one is up. */
  readonly root: Locator;
  readonly title: Locator;

  constructor(page: Page, name: string) {
    this.root = page.locator(`[data-screen="${name}"]`);
    this.title = this.root.locator('h1');
  }

  /** A button by what it does: `primary`, `back`, `skip`, `retry` and others. */
  action(name: string): Locator {
    return this.root.locator(`[data-action="${name}"]`);
  }
  field(name: string): Locator {
    return this.root.locator(`[name="${name}"]`);
  }
  async continue(): Promise<void> {
    await this.action('primary').click();
  }
  async back(): Promise<void> {
    await this.action('back').click();
  }
}

export class WelcomeScreen extends Screen {
  constructor(page: Page) {
    super(page, 'welcome');
  }
  /** By BCP 47 tag, such as `de`. */
  async chooseLanguage(tag: string): Promise<void> {
    await this.root.locator(`[name="language"][value="${tag}"]`).check({ force: true });
  }
  /** By ISO 3166-1 code, such as `DE`. */
  async chooseRegion(code: string): Promise<void> {
    await this.field('region').selectOption(code);
  }
}

export class NetworkScreen extends Screen {
  /** The page that asks for the password of a network, or for its name. */
  readonly joining: Screen;

  constructor(page: Page) {
    super(page, 'network');
    this.joining = new Screen(page, 'network-join');
  }
  network(ssid: string): Locator {
    return this.root.locator(`[data-ssid="${ssid}"]`);
  }
  /** Joins a network; the screen stays, so that its outcome can be looked at. */
  async join(ssid: string, password?: string): Promise<void> {
    await this.network(ssid).click();
    if (password === undefined) return;
    await this.joining.field('password').fill(password);
    await this.joining.continue();
  }
  async goOnOffline(): Promise<void> {
    await this.action('offline').click();
  }
}

export class UpdateScreen extends Screen {
  constructor(page: Page) {
    super(page, 'update');
  }
  async skip(): Promise<void> {
    await this.action('skip').click();
  }
}

export class TermsScreen extends Screen {
  constructor(page: Page) {
    super(page, 'terms');
  }
  async accept(): Promise<void> {
    await this.field('accepted').check({ force: true });
    await this.continue();
  }
}

export class ProfileScreen extends Screen {
  constructor(page: Page) {
    super(page, 'profile');
  }
  async create(profile: {
    readonly fullName: string;
    readonly userName?: string;
    readonly password?: string;
  }): Promise<void> {
    await this.field('fullName').fill(profile.fullName);
    if (profile.userName !== undefined) await this.field('userName').fill(profile.userName);
    if (profile.password !== undefined) await this.field('password').fill(profile.password);
    await this.continue();
  }
  async later(): Promise<void> {
    await this.action('later').click();
  }
}

export class ProvisionScreen extends Screen {
  constructor(page: Page) {
    super(page, 'provision');
  }
}

export class FinishScreen extends Screen {
  constructor(page: Page) {
    super(page, 'finish');
  }
  /** A line of the summary: `language`, `region`, `network`, `account`. */
  summary(row: string): Locator {
    return this.root.locator(`[data-summary="${row}"] dd`);
  }
}

export class FailureScreen extends Screen {
  constructor(page: Page) {
    super(page, 'failure');
  }
  async retry(): Promise<void> {
    await this.action('retry').click();
  }
  async skip(): Promise<void> {
    await this.action('skip').click();
  }
}

export class StopScreen extends Screen {
  constructor(page: Page) {
    super(page, 'stop');
  }
}

/** The screen of a plugin, by its route. */
export class PluginScreen extends Screen {
  /** What the plugin's own page shows. */
  readonly content: FrameLocator;

  constructor(page: Page, route: string) {
    super(page, route);
    this.content = this.root.frameLocator('iframe');
  }
}
