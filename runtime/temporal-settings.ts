import { readFileSync } from 'node:fs';
import type { Environment, ReportFault } from './settings.ts';

/** How to reach a Temporal service. */
export interface TemporalSettings {
  /** `host:port` of the frontend. */
  address: string;
  namespace: string;
  apiKey?: string;
  /** Absent means an unencrypted connection, an empty object TLS with the system's authorities. */
  tls?: TemporalTls;
}

/** TLS as the Temporal clients take it; certificates and keys in PEM. */
export interface TemporalTls {
  serverNameOverride?: string;
  serverRootCACertificate?: Uint8Array;
  clientCertPair?: { crt: Uint8Array; key: Uint8Array };
}

const DEPENDENT = [
  'TEMPORAL_NAMESPACE',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS',
  'TEMPORAL_TLS_SERVER_NAME',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_DATA',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_CERT_DATA',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
] as const;

type Variable = 'TEMPORAL_ADDRESS' | (typeof DEPENDENT)[number];
type Read = (name: Variable) => string | undefined;

/**
 * Reads the Temporal client's own variables. Certificates are read from their files here, so that a missing file is a
 * fault of the settings like any other.
 * @returns undefined when no address is set, which means a local server.
 */
export function readTemporalSettings(environment: Environment, report: ReportFault): TemporalSettings | undefined {
  const read: Read = (name) => environment[name]?.trim() || undefined;
  const address = read('TEMPORAL_ADDRESS');
  if (address === undefined) {
    for (const name of DEPENDENT.filter(read)) {
      report(name, 'is set without TEMPORAL_ADDRESS', `set TEMPORAL_ADDRESS, or unset ${name} to use a local server`);
    }
    return undefined;
  }
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+):\d{1,5}$/i.test(address)) {
    report('TEMPORAL_ADDRESS', 'is not host:port', 'give for example temporal.example.org:7233, without http://');
  }
  const apiKey = read('TEMPORAL_API_KEY');
  return { address, namespace: read('TEMPORAL_NAMESPACE') ?? 'default', apiKey, tls: tls(read, report) };
}

function tls(read: Read, report: ReportFault): TemporalTls | undefined {
  const serverNameOverride = read('TEMPORAL_TLS_SERVER_NAME');
  const serverRootCACertificate = pem(read, 'TEMPORAL_TLS_SERVER_CA_CERT', report);
  const crt = pem(read, 'TEMPORAL_TLS_CLIENT_CERT', report);
  const key = pem(read, 'TEMPORAL_TLS_CLIENT_KEY', report);
  if (crt && !key) report('TEMPORAL_TLS_CLIENT_KEY_PATH', 'is missing beside the certificate', 'set it too');
  if (key && !crt) report('TEMPORAL_TLS_CLIENT_CERT_PATH', 'is missing beside the key', 'set it too');
  const implied = Boolean(read('TEMPORAL_API_KEY') || serverNameOverride || serverRootCACertificate || crt || key);
  if (!switchedOn(read('TEMPORAL_TLS'), implied, report)) return undefined;
  return { serverNameOverride, serverRootCACertificate, clientCertPair: crt && key && { crt, key } };
}

function switchedOn(text: string | undefined, implied: boolean, report: ReportFault): boolean {
  if (text === undefined) return implied;
  if (/^(true|1)$/i.test(text)) return true;
  if (!/^(false|0)$/i.test(text)) report('TEMPORAL_TLS', 'is neither true nor false', 'give true or false');
  else if (implied) report('TEMPORAL_TLS', 'is false beside an API key or certificates', 'give true, or unset these');
  return false;
}

type Certificate = 'TEMPORAL_TLS_SERVER_CA_CERT' | 'TEMPORAL_TLS_CLIENT_CERT' | 'TEMPORAL_TLS_CLIENT_KEY';

function pem(read: Read, name: Certificate, report: ReportFault): Uint8Array | undefined {
  const data = read(`${name}_DATA`);
  const path = read(`${name}_PATH`);
  if (data && path) report(`${name}_DATA`, `is set beside ${name}_PATH`, 'unset one of them');
  if (data) return Buffer.from(data);
  if (!path) return undefined;
  try {
    return readFileSync(path);
  } catch {
    report(`${name}_PATH`, 'names a file that cannot be read', 'give the path of a readable PEM file');
    return undefined;
  }
}
