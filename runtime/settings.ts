import { resolve } from 'node:path';
import { type ProviderSettings, readProviderSettings } from './provider-settings.ts';
import { readTemporalSettings, type TemporalSettings } from './temporal-settings.ts';

/** The environment as `process.env` gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything an operator can choose by environment variables. */
export interface Settings {
  /** Connection URL of an own PostgreSQL; absent means the embedded one. */
  databaseUrl?: string;
  /** The Temporal service to use; absent means a local server. */
  temporal?: TemporalSettings;
  /** Where others reach this installation, without a trailing slash; absent means its own address on this machine. */
  publicUrl?: string;
  /** TCP port of the API; 0 lets the system choose. */
  port: number;
  /** Absolute path of the directory that keeps all local data. */
  dataDirectory: string;
  /** Sender of e-mail, an address or `Name <address>`. */
  mailFrom?: string;
  /** Domain that receives replies by e-mail. */
  inboundDomain?: string;
  /** Keys of the providers; what is absent goes to the outbox. */
  providers: ProviderSettings;
}

/** One thing that is wrong: which variable, what, and what to do about it. Never holds the variable's value. */
export interface SettingsFault {
  variable: string;
  fault: string;
  remedy: string;
}

/** Adds a fault to the list under construction. */
export type ReportFault = (variable: string, fault: string, remedy: string) => void;

/** All faults of an environment at once; the message lists them, one a line. */
export class SettingsError extends Error {
  readonly faults: readonly SettingsFault[];

  constructor(faults: readonly SettingsFault[]) {
    const lines = faults.map(({ variable, fault, remedy }) => `  ${variable}: ${fault}; ${remedy}`);
    super(`The settings have ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${lines.join('\n')}`);
    this.name = 'SettingsError';
    this.faults = faults;
  }
}

/**
 * Reads every setting from the environment. An empty variable counts as unset.
 * @throws {SettingsError} naming every fault, not only the first.
 */
export function readSettings(environment: Environment): Settings {
  const faults: SettingsFault[] = [];
  const report: ReportFault = (variable, fault, remedy) => faults.push({ variable, fault, remedy });
  const value = (name: string) => environment[name]?.trim() || undefined;
  const settings: Settings = {
    databaseUrl: databaseUrl(value('DATABASE_URL'), report),
    temporal: readTemporalSettings(environment, report),
    publicUrl: publicUrl(value('PUBLIC_URL'), report),
    port: port(value('PORT'), report),
    dataDirectory: resolve(value('TANDEM_DATA_DIR') ?? '.tandem'),
    mailFrom: mailFrom(value('MAIL_FROM'), report),
    inboundDomain: inboundDomain(value('INBOUND_DOMAIN'), report),
    providers: readProviderSettings(environment, report),
  };
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

function databaseUrl(text: string | undefined, report: ReportFault): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPostgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  if (!isPostgres || url.pathname.length < 2) {
    report(
      'DATABASE_URL',
      'is not the URL of a PostgreSQL database',
      'give postgresql://user:password@host:5432/database, or unset it to use the embedded PostgreSQL',
    );
  }
  return text;
}

function publicUrl(text: string | undefined, report: ReportFault): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    report('PUBLIC_URL', 'is not a web address', 'give https://host or https://host/path, without query or user');
  } else if (url.protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) {
    report('PUBLIC_URL', 'uses http outside the local machine', 'give its https address');
  }
  return text.replace(/\/+$/, '');
}

function port(text: string | undefined, report: ReportFault): number {
  if (text === undefined) return 8080;
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 65_535)) report('PORT', 'is not a TCP port', 'give a whole number from 0 to 65535');
  return number;
}

function mailFrom(text: string | undefined, report: ReportFault): string | undefined {
  const address = text && (/<([^<>]+)>$/.exec(text)?.[1] ?? text);
  if (address && !/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(address)) {
    report('MAIL_FROM', 'is not an e-mail address', 'give name@example.org or Name <name@example.org>');
  }
  return text;
}

function inboundDomain(text: string | undefined, report: ReportFault): string | undefined {
  if (text && !/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i.test(text)) {
    report('INBOUND_DOMAIN', 'is not a domain name', 'give a name such as reply.example.org, without @ or https://');
  }
  return text?.toLowerCase();
}
