import type { SweepStep } from '../../../policy/step.ts';
import { execute, queryRows, type Transaction } from '../../database.ts';
import { confirmRemoval, excused, inactiveReason, wrote } from './quiet.ts';
import { batchOf, type Moved, type SweepTerms } from './stage.ts';
import { withdrawTold } from './told.ts';

/**
 * A notice is over when the person was heard of, when something accounts for the silence before it had consequences, when
 * they take part no more, or when staff or they themselves have said otherwise since (S8). They were heard of by what
 * occurred in the silence that it told of, however late that came (E2).
 */
const overSql = `
  with batch as (
    select n.person_id, n.marked_at is not null as marked, p.unavailable_reason,
      p.available or coalesce(p.leave_until <= n.noticed_at, false) and takes_part(p, n.noticed_at) as available,
      coalesce(a.last_at > n.quiet_since, false) or ${wrote('n.person_id', 'n.noticed_at')} as heard,
      n.marked_at is null and ${excused('n.person_id', 'n.noticed_at')} as excused,
      p.removed_at is not null or not exists (select from enrolments e
        where e.person_id = n.person_id and e.program_id = $1 and e.state = 'active') as gone
    from inactivity_notices n join people p on p.id = n.person_id left join person_activity a on a.person_id = n.person_id
    where n.program_id = $1 and n.person_id > $2 order by n.person_id limit $3::int
  ), over as (
    select person_id, heard and not gone and marked and not available and unavailable_reason = $4 as back from batch
    where heard or excused or gone or available = marked or marked and unavailable_reason is distinct from $4
  ), ended as (
    delete from inactivity_notices n using over o where n.program_id = $1 and n.person_id = o.person_id
  )
  select (select count(*)::int from batch) as looked, (select max(person_id) from batch) as last,
    array(select person_id from over order by person_id) as over,
    array(select person_id from over where back order by person_id) as back`;

interface Over {
  looked: number;
  last: string | null;
  over: string[];
  /** Those who were marked for their silence alone, and were heard of. */
  back: string[];
}

export async function clearHeard(on: Transaction, sweep: SweepStep, terms: SweepTerms, after: string): Promise<Moved> {
  const [row] = await queryRows<Over>(on, overSql, terms.programId, after, batchOf(terms), inactiveReason);
  const { looked = 0, last = null, over = [], back = [] } = row ?? {};
  if (over.length > 0) {
    await endTasks(on, terms.programId, over, new Date(sweep.at));
    if (back.length > 0) await makeAvailable(on, back, new Date(sweep.at));
    const told = { programId: terms.programId, personIds: over, template: 'inactivity-notice' };
    await withdrawTold(on, told, terms.now);
  }
  return { after: looked < batchOf(terms) ? null : last, changed: over.length };
}

async function makeAvailable(on: Transaction, personIds: string[], at: Date): Promise<void> {
  const sql = `
    with theirs as (select id from people where id = any($1::text[]) order by id for no key update)
    update people p set available = true, unavailable_reason = null, version = p.version + 1, updated_at = $2
    from theirs where p.id = theirs.id and p.unavailable_reason = $3`;
  await execute(on, sql, personIds, at, inactiveReason);
}

/** Nothing is left to confirm. */
async function endTasks(on: Transaction, programId: string, personIds: string[], at: Date): Promise<void> {
  const sql = `
    update cases set state = 'withdrawn', ended_at = $3
    where program_id = $1 and state in ('open', 'acknowledged') and reason = $4 and person_id = any($2::text[])
      and owner like 'sweep:%'`;
  await execute(on, sql, programId, personIds, at, confirmRemoval);
}
