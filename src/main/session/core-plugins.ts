import {
  isOnline,
  parseCoreAnswers,
  withoutSecrets,
  type Builtin,
  type JsonObject,
  type Preferences,
  type Result,
} from '#shared';
import type { DeviceSettings, NetworkPort, ProvisioningPort } from '../device/device-port.ts';
import { hashPassword } from '../device/password.ts';
import type { CorePlugin } from './core-plugin.ts';

export type CorePlugins = { readonly [B in Builtin]: CorePlugin };

/** What the built-in screens act on. */
export interface CorePluginPorts {
  readonly network: NetworkPort;
  readonly provisioning: ProvisioningPort;
  readonly preferences: () => Preferences;
  /** Saved answers of every core plugin, by its built-in screen. */
  readonly answersTo: (builtin: Builtin) => JsonObject;
  readonly productFamily: () => string;
  readonly timeZone: string;
  /** Resolves when the update is over; `undefined` where this session does not update. */
  readonly update: (() => Promise<void>) | undefined;
}

/** The behaviour behind each built-in screen. */
export function createCorePlugins(ports: CorePluginPorts): CorePlugins {
  const { language, region } = ports.preferences();
  return {
    welcome: asking('welcome', { language, region }),
    network: asking('network', isOnline(ports.network.state()) ? {} : { offline: true }),
    update: updating(ports),
    terms: asking('terms', { accepted: true, version: '1' }),
    profile: profile(),
    provision: provisioning(ports),
    finish: asking('finish', {}),
  };
}

/** A screen that asks and has no work. */
function asking(builtin: Builtin, defaultAnswers: JsonObject): CorePlugin {
  return {
    builtin,
    defaultAnswers,
    accept: (answers) => Promise.resolve(accepted(builtin, answers)),
  };
}

function accepted(builtin: Builtin, answers: JsonObject): Result<JsonObject> {
  const parsed = parseCoreAnswers(builtin, answers);
  return parsed.ok ? { ok: true, value: withoutSecrets(builtin, answers) } : parsed;
}

/** The updater works while its screen is up, and the screen ends with it. */
function updating({ update }: CorePluginPorts): CorePlugin {
  return {
    ...asking('update', {}),
    work: {
      when: 'shown',
      run: async () => {
        await update?.();
        // Whatever it came to, the device goes on with the plan it has (section 7, rule 5).
        return { ok: true, value: undefined };
      },
    },
  };
}

/** Keeps a password as the hash that provisioning needs, and nowhere as itself. */
function profile(): CorePlugin {
  return {
    ...asking('profile', { later: true }),
    accept: async (answers) => {
      const parsed = parseCoreAnswers('profile', answers);
      if (!parsed.ok) return parsed;
      const kept = withoutSecrets('profile', answers);
      if ('later' in parsed.value || parsed.value.password === undefined) {
        return { ok: true, value: kept };
      }
      const passwordHash = await hashPassword(parsed.value.password);
      return { ok: true, value: { ...kept, passwordHash } };
    },
  };
}

function provisioning(ports: CorePluginPorts): CorePlugin {
  return {
    ...asking('provision', {}),
    work: {
      when: 'answered',
      run: async ({ signal, onProgress }) => {
        const applied = await ports.provisioning.apply({
          settings: settingsOf(ports),
          signal,
          onProgress: (percent, message) => onProgress({ percent, message }),
        });
        return applied.ok ? { ok: true, value: undefined } : applied;
      },
    },
  };
}

function settingsOf(ports: CorePluginPorts): DeviceSettings {
  const { language, region } = ports.preferences();
  const { fullName, userName, passwordHash } = ports.answersTo('profile');
  const hasUser = typeof fullName === 'string' && typeof userName === 'string';
  const user = hasUser
    ? { fullName, userName, ...(typeof passwordHash === 'string' ? { passwordHash } : {}) }
    : undefined;
  return {
    language,
    region,
    timeZone: ports.timeZone,
    deviceName: user === undefined ? ports.productFamily() : `${user.userName}-device`,
    ...(user === undefined ? {} : { user }),
  };
}
