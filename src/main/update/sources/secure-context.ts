import * as tls from 'node:tls';
import { rootCertificates } from 'node:tls';

/**
 * What TLS trusts with `[https] ca_file`: its authorities beside those that Node knows. Made once for
 * all connections: reading 150 authorities takes longer than a handshake. Text that holds no
 * certificate adds nothing.
 * @param ca certificates in PEM
 */
export function secureContextWith(ca: string): tls.SecureContext {
  return tls.createSecureContext({ ca: [...known(), ca] });
}

function known(): readonly string[] {
  // Node 20 cannot tell what NODE_EXTRA_CA_CERTS has added.
  return 'getCACertificates' in tls ? tls.getCACertificates('default') : rootCertificates;
}
