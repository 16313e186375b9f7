import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings, SettingsError } from '../../runtime/settings.ts';

function faultsOf(environment: Record<string, string>): SettingsError {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error('The settings were accepted');
}

describe('settings', () => {
  it('an empty environment means the embedded servers, port 8080 and .tandem', () => {
    expect(readSettings({ DATABASE_URL: '', PORT: ' ' })).toEqual({
      port: 8080,
      dataDirectory: resolve('.tandem'),
      providers: {},
    });
  });

  it('every setting given is read', () => {
    const settings = readSettings({
      DATABASE_URL: 'postgresql://u:p@db:5432/tandem',
      TEMPORAL_ADDRESS: 'acme.tmprl.cloud:7233',
      TEMPORAL_NAMESPACE: 'acme',
      TEMPORAL_API_KEY: 'k',
      PUBLIC_URL: 'https://tandem.example.org/',
      PORT: '9000',
      TANDEM_DATA_DIR: 'data',
      MAIL_FROM: 'Tandem <mail@example.org>',
      INBOUND_DOMAIN: 'Reply.example.org',
    });
    expect(settings).toEqual({
      databaseUrl: 'postgresql://u:p@db:5432/tandem',
      temporal: { address: 'acme.tmprl.cloud:7233', namespace: 'acme', apiKey: 'k', tls: {} },
      publicUrl: 'https://tandem.example.org',
      port: 9000,
      dataDirectory: join(process.cwd(), 'data'),
      mailFrom: 'Tandem <mail@example.org>',
      inboundDomain: 'reply.example.org',
      providers: {},
    });
  });

  it('all faults are named at once, with their remedies and without their values', () => {
    const error = faultsOf({
      DATABASE_URL: 'mysql://root:hunter2@db/tandem',
      TEMPORAL_ADDRESS: 'http://temporal:7233',
      TEMPORAL_TLS: 'maybe',
      TEMPORAL_TLS_CLIENT_CERT_PATH: '/does/not/exist.pem',
      PUBLIC_URL: 'http://tandem.example.org',
      PORT: '80800',
      MAIL_FROM: 'nobody',
      INBOUND_DOMAIN: 'https://reply.example.org',
      TWILIO_AUTH_TOKEN: 'hunter2',
    });
    expect(error.faults.map(({ variable }) => variable)).toEqual([
      'DATABASE_URL',
      'TEMPORAL_ADDRESS',
      'TEMPORAL_TLS_CLIENT_CERT_PATH',
      'TEMPORAL_TLS',
      'PUBLIC_URL',
      'PORT',
      'MAIL_FROM',
      'INBOUND_DOMAIN',
      'TWILIO_ACCOUNT_SID',
      'TWILIO_MESSAGING_SERVICE_SID',
    ]);
    for (const { fault, remedy } of error.faults) expect(error.message).toContain(`${fault}; ${remedy}`);
    expect(error.message).not.toContain('hunter2');
  });

  it('provider keys are read, with a base address on this machine where one is given', () => {
    const { providers } = readSettings({
      SENDGRID_API_KEY: 'SG.x',
      SENDGRID_BASE_URL: 'http://127.0.0.1:9/',
      MAIL_FROM: 'mail@example.org',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 't',
      TWILIO_MESSAGING_SERVICE_SID: `MG${'0'.repeat(32)}`,
      TWILIO_BASE_URL: 'http://127.0.0.1:9',
    });
    expect(providers.sendgrid).toMatchObject({ apiKey: 'SG.x', baseUrl: 'http://127.0.0.1:9' });
    expect(providers.twilio).toMatchObject({ authToken: 't', baseUrl: 'http://127.0.0.1:9' });
  });

  it('provider keys need what goes with them, and keys travel only over https', () => {
    const error = faultsOf({
      SENDGRID_API_KEY: 'SG.x',
      SENDGRID_BASE_URL: 'http://mail.example.org',
      TWILIO_ACCOUNT_SID: 'AC1',
      TWILIO_BASE_URL: 'ftp://127.0.0.1',
    });
    expect(error.faults.map(({ variable }) => variable)).toEqual([
      'SENDGRID_BASE_URL',
      'MAIL_FROM',
      'PUBLIC_URL',
      'TWILIO_BASE_URL',
      'TWILIO_AUTH_TOKEN',
      'TWILIO_MESSAGING_SERVICE_SID',
      'TWILIO_ACCOUNT_SID',
    ]);
    for (const name of ['SENDGRID_WEBHOOK_PUBLIC_KEY', 'SENDGRID_INBOUND_PUBLIC_KEY'])
      expect(faultsOf({ [name]: 'short' }).faults).toHaveLength(2);
  });

  it('credentials for Temporal without an address are a fault, with an address they are not', () => {
    expect(faultsOf({ TEMPORAL_API_KEY: 'k' }).faults).toHaveLength(1);
    expect(readSettings({ TEMPORAL_API_KEY: 'k', TEMPORAL_ADDRESS: 'a:7233' }).temporal?.tls).toEqual({});
    expect(readSettings({ TEMPORAL_ADDRESS: 'a:7233' }).temporal?.tls).toBeUndefined();
  });

  it('a client certificate without its key is a fault', () => {
    const environment = { TEMPORAL_ADDRESS: 'a:7233', TEMPORAL_TLS_CLIENT_CERT_DATA: 'PEM' };
    expect(faultsOf(environment).faults[0]?.variable).toBe('TEMPORAL_TLS_CLIENT_KEY_PATH');
    const complete = readSettings({ ...environment, TEMPORAL_TLS_CLIENT_KEY_DATA: 'KEY' });
    expect(complete.temporal?.tls?.clientCertPair).toEqual({ crt: Buffer.from('PEM'), key: Buffer.from('KEY') });
  });

  it('plain http is allowed on the local machine only', () => {
    expect(readSettings({ PUBLIC_URL: 'http://127.0.0.1:8080' }).publicUrl).toBe('http://127.0.0.1:8080');
    expect(faultsOf({ PUBLIC_URL: 'http://127.0.0.1.example.org' }).faults).toHaveLength(1);
  });
});
