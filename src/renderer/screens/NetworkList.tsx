import type { NetworkState, WifiNetwork } from '#shared';
import { Button } from '../components/Button.tsx';
import { Icon, SignalIcon } from '../components/Icon.tsx';
import { useI18n } from '../setup-context.tsx';

interface NetworkListProps {
  readonly network: NetworkState;
  readonly onScan: () => void;
  /** Joins a network that asks for no password. */
  readonly onJoinOpen: (ssid: string) => void;
  /** Goes on to the password of a network. */
  readonly onJoin: (ssid: string) => void;
  readonly onJoinHidden: () => void;
}

/** The networks in reach, the joined one first, then the strongest. */
export function NetworkList(props: NetworkListProps) {
  const { network, onScan, onJoinOpen, onJoin, onJoinHidden } = props;
  const { t } = useI18n();
  const sorted = network.networks.toSorted((a, b) => rank(b, network) - rank(a, network));
  return (
    <section className="group" aria-label={t('network.list')}>
      <div className="networks-head">
        <h2 className="group-label">{t('network.list')}</h2>
        <Button action="scan" icon="update" busy={network.scanning} onPress={onScan}>
          {network.scanning ? t('network.scanning') : t('network.scan')}
        </Button>
      </div>
      <ul className="networks">
        {sorted.map((wifi) => (
          <li key={wifi.ssid}>
            {wifi.ssid === network.connected ? (
              <div className="network network-connected" data-ssid={wifi.ssid} aria-current="true">
                <NetworkLine wifi={wifi} state={t('network.connected')} />
              </div>
            ) : (
              <button
                type="button"
                className="network"
                data-ssid={wifi.ssid}
                onClick={() => (wifi.secured ? onJoin(wifi.ssid) : onJoinOpen(wifi.ssid))}
              >
                <NetworkLine
                  wifi={wifi}
                  state={wifi.ssid === network.connecting ? t('network.connecting') : undefined}
                />
              </button>
            )}
          </li>
        ))}
        {sorted.length === 0 && !network.scanning && (
          <li className="network">{t('network.none')}</li>
        )}
        <li>
          <button type="button" className="network" data-action="hidden" onClick={onJoinHidden}>
            <Icon name="plus" />
            <span className="network-name">{t('network.hidden')}</span>
          </button>
        </li>
      </ul>
    </section>
  );
}

function rank(wifi: WifiNetwork, network: NetworkState): number {
  return wifi.ssid === network.connected ? Number.POSITIVE_INFINITY : wifi.signal;
}

interface NetworkLineProps {
  readonly wifi: WifiNetwork;
  readonly state: string | undefined;
}

function NetworkLine({ wifi, state }: NetworkLineProps) {
  const { t } = useI18n();
  return (
    <>
      <SignalIcon signal={wifi.signal} />
      <span className="network-name">
        <bdi>{wifi.ssid}</bdi>
      </span>
      <span className="visually-hidden">
        {`, ${t(wifi.secured ? 'network.secured' : 'network.open')}, `}
        {t('network.signal', { strength: wifi.signal / 100 })}
      </span>
      <span className="network-state">
        {state}
        {wifi.secured && <Icon name="lock" />}
      </span>
    </>
  );
}
