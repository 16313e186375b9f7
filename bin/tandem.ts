import { readSettings } from '../runtime/settings.ts';

/** The `tandem` command. Each subcommand is loaded only when it is asked for. */

const usage = `usage: tandem <command>

  up            everything on this machine: database, Temporal, worker, API; with --fake-providers, stand-ins
                for SendGrid and Twilio beside it
  api           the API and the relay alone (DATABASE_URL and TEMPORAL_ADDRESS set)
  worker        the worker alone (DATABASE_URL and TEMPORAL_ADDRESS set)
  rehearse      the whole system on a virtual clock, driven over HTTP
  migrate       bring the database of DATABASE_URL up to date
  renew         after a deploy: open pairs begin new runs (--per-second 20, --after <pair id>)
  keys          create, list or revoke API keys
  simulate      the decisions alone, over files
  provider-fake stand-ins for SendGrid and Twilio on this machine`;

async function main([command, ...rest]: string[]): Promise<void> {
  switch (command) {
    case 'up':
      return runUntilStopped({ api: true, worker: true, fakeProviders: rest.includes('--fake-providers') });
    case 'api':
      return runUntilStopped({ api: true, worker: false });
    case 'worker':
      return runUntilStopped({ api: false, worker: true });
    case 'rehearse':
      return rehearse();
    case 'migrate':
      return (await import('./commands/migrate.ts')).migrateDatabase(readSettings(process.env));
    case 'renew':
      return (await import('./commands/renew.ts')).renew(readSettings(process.env), rest);
    case 'keys':
      return (await import('./commands/keys.ts')).keys(readSettings(process.env), rest);
    case 'provider-fake':
      return fakeProviders();
    default:
      console.error(usage);
      process.exitCode = command === undefined || command === 'help' ? 0 : 2;
  }
}

async function runUntilStopped(halves: { api: boolean; worker: boolean; fakeProviders?: boolean }): Promise<void> {
  const { up } = await import('./commands/up.ts');
  const { untilStopped } = await import('./until-stopped.ts');
  const settings = readSettings(process.env);
  await untilStopped(() => up(settings, halves, (line) => console.log(line)));
}

async function rehearse(): Promise<void> {
  const { rehearsal } = await import('./commands/rehearse.ts');
  const { untilStopped } = await import('./until-stopped.ts');
  const settings = readSettings(process.env);
  await untilStopped(() => rehearsal({ port: settings.port, print: (line) => console.log(line) }));
}

async function fakeProviders(): Promise<void> {
  const { providerFake } = await import('./commands/provider-fake.ts');
  const { untilStopped } = await import('./until-stopped.ts');
  const settings = readSettings(process.env);
  await untilStopped(() => providerFake(settings, (line) => console.log(line)));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : 'failed');
  process.exit(1);
});
