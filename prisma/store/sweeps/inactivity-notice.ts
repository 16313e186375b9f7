import type { SweepStep } from '../../../policy/step.ts';
import { queryRows, type Transaction } from '../../database.ts';
import { excused, type InactivityParameters, wrote } from './quiet.ts';
import { type BatchRow, batchOf, type Moved, movedBy, type SweepTerms } from './stage.ts';
import { messageFor, toldPeople } from './told.ts';

/** People of whom nothing was heard for long get a notice (S8). Nobody is quiet for the time before they were here. */
const noticeSql = `
  with batch as (
    select e.person_id, max(e.role) as role
    from enrolments e join people p on p.id = e.person_id left join person_activity a on a.person_id = e.person_id
    where e.program_id = $2 and e.state = 'active' and e.role in ('mentor', 'mentee') and e.person_id > $3
      and p.removed_at is null and takes_part(p, $5::timestamptz) and (p.available or p.leave_until <= $6::timestamptz)
      and not exists (select from inactivity_notices n where n.program_id = $2 and n.person_id = e.person_id)
    group by e.person_id
    having greatest(max(e.joined_at), max(p.created_at), max(a.last_at), $7::timestamptz) <= $6::timestamptz
    order by e.person_id limit $4::int
  ), noticed as (
    insert into inactivity_notices (program_id, person_id, noticed_at, quiet_since)
    select $2, b.person_id, $5::timestamptz, $6::timestamptz from batch b
    where not ${excused('b.person_id', '$6::timestamptz')} and not ${wrote('b.person_id', '$6::timestamptz')}
    order by b.person_id
    on conflict do nothing returning person_id
  ), people as (
    select b.person_id, b.role from batch b join noticed n on n.person_id = b.person_id
  ), told as (
    ${toldPeople('people')} returning 1
  )
  select (select count(*)::int from batch) as looked, (select max(person_id) from batch) as last,
    (select count(*)::int from told) as changed`;

export async function noticeInactive(
  on: Transaction,
  sweep: SweepStep,
  terms: SweepTerms,
  after: string,
): Promise<Moved> {
  const given = sweep.parameters as unknown as InactivityParameters;
  const message = messageFor(sweep, terms, {
    stepKey: `${terms.programId}/${given.date}/inactivity-notice`,
    template: 'inactivity-notice',
    variant: null,
    expiresAt: given.marksAt,
    fields: { answerBy: given.answerBy },
    rule: 'S8',
  });
  const instants = [new Date(sweep.at), new Date(given.quietSince), new Date(given.since)];
  const [row] = await queryRows<BatchRow>(on, noticeSql, message, terms.programId, after, batchOf(terms), ...instants);
  return movedBy(row, terms);
}
