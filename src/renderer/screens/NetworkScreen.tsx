import { isOnline, type JsonObject, type NetworkState } from '#shared';
import { useEffect, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { Icon } from '../components/Icon.tsx';
import { networkError } from '../failure-text.ts';
import { useI18n, useSending, useSetup, useSnapshot } from '../setup-context.tsx';
import { useCoreScreen, type CoreScreenProps } from './core-screen.ts';
import { textOf, useDraft } from './draft.ts';
import { NetworkJoin } from './NetworkJoin.tsx';
import { NetworkList } from './NetworkList.tsx';
import { Stage } from './Stage.tsx';

/** Which network a person is about to join, if any. Never its password. */
type NetworkDraft = { readonly view: 'list' | 'secured' | 'hidden'; readonly ssid: string };

function readDraft(saved: JsonObject): NetworkDraft {
  const view = saved['view'];
  const known = view === 'secured' || view === 'hidden' ? view : 'list';
  return { view: known, ssid: known === 'list' ? '' : textOf(saved, 'ssid') };
}

/** Wi-Fi, a wired link, or neither. */
export function NetworkScreen({ stage }: CoreScreenProps) {
  const { send } = useSetup();
  const draft = useDraft<NetworkDraft>({ stage, read: readDraft });
  const { view, ssid } = draft.value;
  // Once per visit, not each time that somebody comes back from a password.
  useEffect(() => void send({ type: 'network.scan' }), [send]);

  if (view === 'list') {
    return (
      <NetworkChoice
        stage={stage}
        onJoin={(secured) => draft.change({ view: 'secured', ssid: secured })}
        onJoinHidden={() => draft.change({ view: 'hidden', ssid: '' })}
        onDone={draft.drop}
      />
    );
  }
  return (
    <NetworkJoin
      plugin={stage.plugin}
      ssid={ssid}
      hidden={view === 'hidden'}
      onName={(name) => draft.change({ ssid: name })}
      onLeave={() => draft.change({ view: 'list', ssid: '' })}
    />
  );
}

interface NetworkChoiceProps extends CoreScreenProps {
  readonly onJoin: (ssid: string) => void;
  readonly onJoinHidden: () => void;
  readonly onDone: () => void;
}

function NetworkChoice({ stage, onJoin, onJoinHidden, onDone }: NetworkChoiceProps) {
  const { t } = useI18n();
  const network = useSnapshot((snapshot) => snapshot.network);
  const { complete, back, busy, error } = useCoreScreen<'network'>(stage);
  const joining = useSending();
  const [mustChoose, setMustChoose] = useState(false);
  const online = isOnline(network);

  const finish = () => {
    onDone();
    void complete(answersOf(network));
  };
  const joinError = joining.failure && t(networkError(joining.failure));
  const choice = mustChoose && !online ? t('network.choose') : undefined;
  return (
    <Stage
      screen="network"
      plugin={stage.plugin}
      icon="wifi"
      title={t('network.title')}
      help={t('network.help')}
      error={joinError ?? choice ?? error}
      onBack={back}
      onSubmit={() => (online ? finish() : setMustChoose(true))}
      secondary={
        !online && (
          <Button action="offline" onPress={finish}>
            {t('network.offline')}
          </Button>
        )
      }
      primary={
        <Button action="primary" kind="primary" busy={busy}>
          {t('action.continue')}
        </Button>
      }
    >
      {network.wired && (
        <div className="card banner" role="status">
          <Icon name="cable" />
          <p>{t('network.wired')}</p>
        </div>
      )}
      <NetworkList
        network={network}
        onScan={() => void joining.send({ type: 'network.scan' })}
        onJoinOpen={(ssid) => void joining.send({ type: 'network.connect', ssid })}
        onJoin={onJoin}
        onJoinHidden={onJoinHidden}
      />
    </Stage>
  );
}

/** A wired link needs no name: it is what the device has. */
function answersOf(network: NetworkState) {
  if (network.connected !== undefined) return { ssid: network.connected };
  return network.wired ? {} : { offline: true };
}
