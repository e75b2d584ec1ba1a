import { Agent } from 'node:https';
import type { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { secureContextWith } from './secure-context.ts';

/** Which server is asked, and how: what a client of the SDK is made for. */
export interface S3Target {
  readonly region: string;
  /** Without one, Amazon's of the region. */
  readonly endpoint?: string;
  readonly pathStyle: boolean;
}

export interface S3Sdk {
  readonly client: S3Client;
  readonly GetObjectCommand: typeof GetObjectCommand;
}

/** Node 24.5 and later goes by way of `HTTPS_PROXY`; earlier ones ignore the setting. */
const PROXY_ENV = { proxyEnv: process.env };

/**
 * Makes one client for each target, when it is first wanted: loading the SDK takes time that start-up
 * has no use for.
 */
export function createS3Clients(options: {
  /** Signs with what the SDK's standard chain finds; else requests are unsigned. */
  readonly isSigned: boolean;
  /** PEM text of authorities that are trusted beside the system's. */
  readonly ca?: string | undefined;
}): (target: S3Target) => Promise<S3Sdk> {
  const { isSigned, ca } = options;
  const clients = new Map<string, Promise<S3Sdk>>();
  let httpsAgent: Agent | undefined;

  const make = async (target: S3Target): Promise<S3Sdk> => {
    const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3');
    const { region, endpoint, pathStyle } = target;
    httpsAgent ??= new Agent({
      keepAlive: true,
      ...PROXY_ENV,
      ...(ca === undefined ? {} : { secureContext: secureContextWith(ca) }),
    });
    const client = new S3Client({
      region,
      forcePathStyle: pathStyle,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(isSigned ? {} : UNSIGNED),
      requestHandler: { httpsAgent },
      // The fetcher tries again, with a backoff that deserves the name.
      maxAttempts: 1,
      // Else it asks for checksums of ranges too, and there are none: asked for where it makes sense.
      responseChecksumValidation: 'WHEN_REQUIRED',
      // The environment may say otherwise, and the SDK then refuses endpoints of one's own.
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
    });
    return { client, GetObjectCommand };
  };
  return (target) => {
    const name = JSON.stringify([target.endpoint, target.region, target.pathStyle]);
    const client = clients.get(name) ?? make(target);
    clients.set(name, client);
    return client;
  };
}

/** Nobody's credentials, and a signer that signs nothing: so the SDK looks for none. */
const UNSIGNED = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: <T>(request: T) => Promise.resolve(request) },
};

const AMAZON = /\.amazonaws\.com(?:\.cn)?$/;

/** The same server in another region. Amazon has others there, which the SDK knows. */
export function inRegion({ endpoint, ...target }: S3Target, region: string): S3Target {
  if (endpoint === undefined) return { ...target, region };
  if (!AMAZON.test(endpoint)) return { ...target, region, endpoint };
  return endpoint.includes(`${target.region}.amazonaws.`)
    ? { ...target, region, endpoint: endpoint.replace(target.region, region) }
    : { ...target, region };
}
