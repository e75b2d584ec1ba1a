import { assertNever, CLIENT_PROTOCOL_VERSION, type ClientToHost, type Command } from '#shared';
import { useEffect, useEffectEvent, useRef, type RefObject } from 'react';
import { useAnnounce } from '../announcer.tsx';
import { localeOf, readTheme, useResolvedAppearance } from '../appearance.ts';
import { useI18n, usePreferences, useSetup, useSnapshot } from '../setup-context.tsx';
import { createFrameHost, originOf, type FrameHost } from './frame-host.ts';
import type { PluginStage } from './PluginScreen.tsx';

interface PluginFrameProps {
  readonly stage: PluginStage;
  /** Absent until the host has said where the screen is. */
  readonly address: string | undefined;
  readonly ready: boolean;
  readonly onReady: () => void;
  /** A page was loaded, whichever it is. */
  readonly onLoad: () => void;
}

/**
 * The frame itself, filling the stage with its own actions. The sandbox lets the page be its own
 * origin (which is not ours), and gives it no other windows, downloads, dialogs or navigation of ours.
 */
export function PluginFrame({ stage, address, ready, onReady, onLoad }: PluginFrameProps) {
  const { t, text } = useI18n();
  const frame = useRef<HTMLIFrameElement>(null);
  const name = text(stage.description) ?? stage.plugin;
  useAnnounce(ready ? name : t('frame.loading'));
  useFrameHost({ stage, address, frame, onReady });
  // The title of the new screen is inside: only its own client can move the focus on to it.
  useEffect(() => {
    if (ready) frame.current?.focus();
  }, [ready]);
  return (
    // No `main` of ours: the page in the frame has one.
    <div
      className={ready ? 'stage frame' : 'stage frame frame-loading'}
      data-screen={stage.route}
      data-plugin={stage.plugin}
      data-ready={ready}
    >
      {address !== undefined && (
        <iframe
          ref={frame}
          src={address}
          onLoad={onLoad}
          title={name}
          sandbox="allow-scripts allow-forms allow-same-origin"
          allow=""
          referrerPolicy="no-referrer"
        />
      )}
      {!ready && (
        <p className="frame-status" role="status">
          <span className="spinner" aria-hidden="true" />
          {t('frame.loading')}
        </p>
      )}
    </div>
  );
}

interface FrameHostHookOptions {
  readonly stage: PluginStage;
  readonly address: string | undefined;
  readonly frame: RefObject<HTMLIFrameElement | null>;
  readonly onReady: () => void;
}

/** Joins the frame to the host: its requests become commands, and it hears what changes. */
function useFrameHost({ stage, address, frame, onReady }: FrameHostHookOptions): void {
  const { plugin, canGoBack } = stage;
  const { send } = useSetup();
  const preferences = usePreferences();
  const appearance = useResolvedAppearance(preferences);
  const answers = useSnapshot((snapshot) => snapshot.answers[plugin]);
  const draft = useSnapshot((snapshot) => snapshot.drafts[plugin]);
  const work = useSnapshot((snapshot) => snapshot.work[plugin]);
  const host = useRef<FrameHost>(undefined);

  const greet = useEffectEvent(() => {
    host.current?.post({
      type: 'welcome',
      version: CLIENT_PROTOCOL_VERSION,
      plugin,
      answers: answers ?? {},
      draft: draft ?? {},
      locale: localeOf(preferences),
      theme: readTheme(appearance),
      canGoBack,
    });
    onReady();
  });
  const tellTheme = useEffectEvent(() =>
    host.current?.post({ type: 'theme', theme: readTheme(appearance) }),
  );
  const tellLocale = useEffectEvent(() =>
    host.current?.post({ type: 'locale', locale: localeOf(preferences) }),
  );

  useEffect(() => {
    if (address === undefined) return;
    const made = createFrameHost({
      source: () => frame.current?.contentWindow,
      origin: originOf(address),
      onHello: () => greet(),
      onRequest: (request) => send(commandOf(request, plugin)),
    });
    host.current = made;
    window.addEventListener('message', made.receive);
    return () => {
      window.removeEventListener('message', made.receive);
      made.close();
      host.current = undefined;
    };
  }, [address, frame, plugin, send]);

  const { colorScheme, textScale, highContrast, reducedMotion } = appearance;
  useEffect(() => tellTheme(), [colorScheme, textScale, highContrast, reducedMotion]);
  useEffect(() => tellLocale(), [preferences.language, preferences.region]);
  useEffect(() => {
    // The text size follows the screen.
    const changed = () => tellTheme();
    window.addEventListener('resize', changed);
    return () => window.removeEventListener('resize', changed);
  }, []);
  useEffect(() => {
    if (work !== undefined) host.current?.post({ type: 'progress', work });
  }, [work]);
}

/** What a plugin's screen may ask for is this, and for its own plugin only. */
function commandOf(request: ClientToHost, plugin: string): Command {
  switch (request.type) {
    case 'call':
      return { type: 'plugin.call', plugin, route: request.route, body: request.body };
    case 'complete':
      return { type: 'screen.complete', plugin, answers: request.answers };
    case 'back':
      return { type: 'screen.back', plugin };
    case 'saveDraft':
      return { type: 'draft.save', plugin, draft: request.draft };
    default:
      return assertNever(request);
  }
}
