import pg from 'pg';
import { withDefaults } from '../../policy/program.ts';
import { simulate } from '../../policy/simulate.ts';
import { addDays, dateOf } from '../../policy/time.ts';
import { createKey } from '../../prisma/store/keys.ts';
import { putProgram } from '../../prisma/store/programs.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { recount, writeTerm } from '../support/check-in-journal.ts';
import { checkInTerm, settledDays, zone } from '../support/check-in-term.ts';
import { atMost, type Figure, spread } from '../support/figures.ts';
import { inScope } from '../support/scope.ts';
import { type Bench, seconds } from '../support/section.ts';
import { type Servers, startServers } from '../support/servers.ts';
import { startTandem } from '../support/tandem.ts';

const targetSeconds = 10;
const repetitions = 5;
const seed = 20_260_901;
/** What a simulation names its program. */
const programId = 'program';

/** The standards export of pairs that lived for two years, beside the bare rows, and against a recount of the raw facts. */
export async function standards(bench: Bench): Promise<Figure[]> {
  const pairs = bench.quick ? 100 : 1000;
  const now = Date.now();
  bench.say(`simulating ${pairs} pairs through two years`);
  const input = checkInTerm(pairs, now, seed);
  const term = simulate(input, { until: now, classify: (template) => classify(template as TemplateKey) });
  return inScope(async (scope) => {
    const servers = await startServers(scope);
    const { database, url } = await startTandem(scope, servers);
    await putProgram(database, { id: programId, document: withDefaults(input.program), applyNow: false, now });
    bench.say(`writing ${term.records.length} records and ${input.events.length} entries of the journal`);
    await writeTerm(database, programId, input, term);
    const { key } = await createKey(database, { name: 'bench-read', scopes: ['read'] }, new Date());
    const ask = (accept: string, query = '') =>
      asked(`${url}/v1/reports/standards?programId=${programId}${query}`, key, accept);

    const dueUntil = addDays(dateOf(now, zone), -settledDays);
    const { due: _, open, upcoming, ...totals } = JSON.parse(await ask('application/json', `&to=${dueUntil}`)).totals;
    const counted = await recount(database, programId, dueUntil);
    bench.say(`export ${JSON.stringify(totals)}, recount ${JSON.stringify(counted)}`);
    const equal = Object.entries(counted).every(([name, count]) => totals[name] === count) && open + upcoming === 0;
    if (!equal || counted.missed * counted.late * counted.excused === 0)
      throw new Error('the totals are not those of the journal');

    const bare = await median(() => bareRows(servers));
    const lines = (await ask('text/csv')).trimEnd().split('\r\n').length - 1;
    const csv = await median(() => ask('text/csv'));
    const json = await median(() => ask('application/json'));
    return [
      {
        what: 'totals of the export, against a recount of the raw journal',
        tandem: 'equal',
        target: 'equal',
        met: equal,
      },
      atMost(`${lines} contacts of ${pairs} pairs as CSV`, csv, targetSeconds, 's', 2),
      atMost(`${lines} contacts of ${pairs} pairs as JSON`, json, targetSeconds, 's', 2),
      {
        what: '  CSV beside the bare rows',
        tandem: `${csv.toFixed(2)} s`,
        raw: `${bare.toFixed(2)} s`,
        ratio: csv / bare,
      },
    ];
  });
}

async function asked(url: string, key: string, accept: string): Promise<string> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}`, accept } });
  if (response.status !== 200) throw new Error(`the export was not answered: ${response.status}`);
  return response.text();
}

/** Everything that the export reads, with nothing made of it. */
async function bareRows({ databaseUrl }: Servers): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`select * from pair_records where program_id = $1 and kind = 'check-in'`, [programId]);
  } finally {
    await client.end();
  }
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let time = 0; time < repetitions; time++) taken.push(await seconds(work));
  return spread(taken).median;
}
