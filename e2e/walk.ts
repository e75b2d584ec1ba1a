import {
  expect,
  FinishScreen,
  NetworkScreen,
  PluginScreen,
  ProfileScreen,
  ProvisionScreen,
  TermsScreen,
  WelcomeScreen,
  type SetupRun,
} from '../src/testing/index.ts';

/** How each screen of the base plan is answered in the shortest way. Keys are stable screen names. */
const ANSWERS: { readonly [screen: string]: (run: SetupRun) => Promise<void> } = {
  welcome: ({ page }) => new WelcomeScreen(page).continue(),
  network: ({ page }) => new NetworkScreen(page).goOnOffline(),
  terms: ({ page }) => new TermsScreen(page).accept(),
  settings: async ({ page }) => {
    const { content } = new PluginScreen(page, 'settings');
    // Its words come last: from then on it holds what was answered before.
    await expect(content.locator('h1')).not.toBeEmpty();
    await content.locator('[name=deviceName]').fill('Nova');
    await content.locator('[data-action=primary]').click();
  },
  howto: async ({ page }) => {
    const { content } = new PluginScreen(page, 'howto');
    for (const shown of ['touch', 'swipe', 'help']) {
      await content.locator(`[data-shown=${shown}]`).waitFor();
      await content.locator('[data-action=primary]').click();
    }
  },
  profile: ({ page }) => new ProfileScreen(page).later(),
  tutorial: ({ page }) =>
    new PluginScreen(page, 'tutorial').content.locator('[data-action=primary]').click(),
  provision: ({ page }) => new ProvisionScreen(page).continue(),
  finish: ({ page }) => new FinishScreen(page).continue(),
};

/** The screens of the base plan in the order in which they come, without a network. */
export const BASE_SCREENS = [
  'welcome',
  'network',
  'terms',
  'settings',
  'howto',
  'profile',
  'tutorial',
  'provision',
  'finish',
] as const;
export type BaseScreen = (typeof BASE_SCREENS)[number];

/** Answers the screen, which must be up or about to come. */
export async function answer(run: SetupRun, screen: string): Promise<void> {
  await run.waitForScreen(screen);
  const act = ANSWERS[screen];
  if (act === undefined) throw new Error(`nobody knows how to answer ${screen}`);
  await act(run);
}

/** Answers screens of the base plan one by one until this one is up. */
export async function walkTo(run: SetupRun, screen: BaseScreen): Promise<void> {
  for (const before of BASE_SCREENS) {
    if (before === screen) break;
    await answer(run, before);
  }
  await run.waitForScreen(screen);
}

/** A plan of one plugin, for tests of what plugins do. */
export function planOf(plugin: { readonly name: string; readonly rest: string }): string {
  return `[general]
product_family = "nova"
execution_plan_version = "1"
update_from = "local"
update_path_root = "./updates"

[[plugins]]
name = "${plugin.name}"
plugin_route = "${plugin.name}"
version = "1.0.0"
plugin_location_type = "local"
plugin_base_path = "./"
team_name = "Experience"
operation_contact_email = "operations@nova.example"
${plugin.rest}
`;
}
