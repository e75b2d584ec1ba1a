import { generate } from 'selfsigned';

/** What a TLS server shows and signs with, in PEM. */
export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
}

/** An authority of the test's own, and servers that it vouches for, rightly or not. */
export interface TestCertificates {
  /** The authority in PEM, as `ca_file` holds it. */
  readonly ca: string;
  /** For `localhost` and 127.0.0.1. */
  readonly good: TlsIdentity;
  /** As `good`, but it ended yesterday. */
  readonly expired: TlsIdentity;
  /** For `elsewhere.example`. */
  readonly wrongHost: TlsIdentity;
  /** As `good`, from an authority that nobody was told of. */
  readonly otherAuthority: TlsIdentity;
}

const DAY_MS = 86_400_000;
// RSA keys take a hundred times as long to make.
const KIND = { keyType: 'ec', algorithm: 'sha256' } as const;

let made: Promise<TestCertificates> | undefined;

/** Makes them once for the tests of a file. Takes about 50 ms. */
export function testCertificates(): Promise<TestCertificates> {
  made ??= makeCertificates();
  return made;
}

async function makeCertificates(): Promise<TestCertificates> {
  const [authority, other] = await Promise.all([
    makeAuthority('Firstlight test authority'),
    makeAuthority('Another authority'),
  ]);
  const [good, expired, wrongHost, otherAuthority] = await Promise.all([
    makeServer(authority),
    makeServer(authority, { until: Date.now() - DAY_MS }),
    makeServer(authority, { host: 'elsewhere.example' }),
    makeServer(other),
  ]);
  return { ca: authority.cert, good, expired, wrongHost, otherAuthority };
}

async function makeAuthority(name: string): Promise<TlsIdentity> {
  const made = await generate([{ name: 'commonName', value: name }], {
    ...KIND,
    ...validUntil(Date.now() + 30 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: made.private, cert: made.cert };
}

async function makeServer(
  authority: TlsIdentity,
  options: { readonly until?: number; readonly host?: string } = {},
): Promise<TlsIdentity> {
  const { until = Date.now() + 30 * DAY_MS, host } = options;
  const loopback = [
    { type: 2 as const, value: 'localhost' },
    { type: 7 as const, ip: '127.0.0.1' },
  ];
  const made = await generate([{ name: 'commonName', value: host ?? 'localhost' }], {
    ...KIND,
    ...validUntil(until),
    ca: { key: authority.key, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: host === undefined ? loopback : [{ type: 2, value: host }],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** Sixty days, so that a machine whose clock is a little off does not mind. */
function validUntil(end: number) {
  return { notBeforeDate: new Date(end - 60 * DAY_MS), notAfterDate: new Date(end) };
}
