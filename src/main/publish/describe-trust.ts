import { ROLES } from './roles.ts';
import type { KeyReport, TrustReport } from './show-trust.ts';

/** The report in lines for people; what is stale, or does not hold, is said in capitals. */
export function describeTrust({ folder, kind, roles }: TrustReport, now: number): string {
  const words = { keys: 'keys', repository: 'signed plan', root: 'root of trust' };
  const lines = ROLES.flatMap((role) => {
    const { threshold, keys, metadata } = roles[role];
    const state =
      metadata === undefined
        ? ''
        : `, version ${metadata.version}, ${expiryInWords(metadata.expires, now)}` +
          (metadata.isSigned ? '' : ', NOT SIGNED by these keys');
    return [
      `  ${role}: ${threshold} of ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}${state}`,
      ...keys.map((key) => `    ${keyInWords(key, kind)}`),
    ];
  });
  return [`${folder} (${words[kind]})`, ...lines].join('\n');
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Such as `expires 2031-11-20 (in 1825 days)`. */
function expiryInWords(expires: string, now: number): string {
  const left = Date.parse(expires) - now;
  const days = Math.floor(Math.abs(left) / DAY_MS);
  const span = `${days} ${days === 1 ? 'day' : 'days'}`;
  const date = expires.slice(0, 10);
  return left > 0 ? `expires ${date} (in ${span})` : `EXPIRED ${date} (${span} ago)`;
}

/** Short ids tell keys apart; only a folder of keys can say what they are called. */
function keyInWords({ id, scheme, name }: KeyReport, kind: TrustReport['kind']): string {
  const where = kind === 'keys' ? ` ${name ?? '(not at hand)'}` : '';
  return `${id.slice(0, 8)} ${scheme}${where}`;
}
