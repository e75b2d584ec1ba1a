import type { Stage } from '#shared';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useSetup } from '../setup-context.tsx';
import { WAY_ON_MS } from '../timing.ts';
import { PluginFrame } from './PluginFrame.tsx';

export type PluginStage = Extract<Stage, { readonly kind: 'plugin' }>;

interface PluginScreenProps {
  readonly stage: PluginStage;
}

/**
 * A plugin's own screen. One that does not come up is the plugin's failure, which only the renderer
 * can see: the host is told, and shows what to do.
 */
export function PluginScreen({ stage }: PluginScreenProps) {
  const { assetAddress, send } = useSetup();
  const [address, setAddress] = useState<string>();
  const [ready, setReady] = useState(false);
  const pages = useRef({ loaded: 0, greeted: 0 });
  const { plugin } = stage;
  const report = useEffectEvent((message: string) =>
    send({ type: 'screen.failed', plugin, message: message.slice(0, 1_000) }),
  );

  useEffect(() => {
    let wanted = true;
    assetAddress(plugin).then(
      (found) => wanted && setAddress(found),
      (error: unknown) => wanted && void report(String(error)),
    );
    return () => {
      wanted = false;
    };
  }, [assetAddress, plugin]);

  useEffect(() => {
    if (ready) return;
    const message = `The screen of ${plugin} did not say hello within ${WAY_ON_MS / 1_000} s.`;
    // Again and again, since the connection may just be lost; the host's answer is another stage.
    const timer = setInterval(() => void report(message), WAY_ON_MS);
    return () => clearInterval(timer);
  }, [ready, plugin]);

  return (
    <PluginFrame
      stage={stage}
      address={address}
      ready={ready}
      onReady={() => {
        pages.current.greeted += 1;
        setReady(true);
      }}
      onLoad={() => {
        pages.current.loaded += 1;
        // The page has gone elsewhere. One that is ours greets again, before or after this.
        if (pages.current.greeted < pages.current.loaded) setReady(false);
      }}
    />
  );
}
