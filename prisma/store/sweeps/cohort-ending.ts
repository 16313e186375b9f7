import type { SweepStep } from '../../../policy/step.ts';
import { type Queryable, queryRows, type Transaction } from '../../database.ts';
import { type BatchRow, batchOf, type Moved, movedBy, type SweepTerms } from './stage.ts';

/** A run of a cohort is over: its pairs end, and who has not said that they go on is not matched until they do (S9). */

const endSql = `
  with batch as (
    select id, owner from pairs
    where program_id = $1 and state <> 'closed' and matched_at < $4::timestamptz and id > $2 order by id limit $3::int
  ), noted as (
    insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
      history, urgent, data, state)
    select 'tandem', note.ref, '', note.ref, 'pair.closed', b.id, b.owner, $1, b.id, $4::timestamptz, $5::timestamptz, false,
      false, '{"reason": "cohort_ended"}', 'recorded'
    from batch b cross join lateral (select concat_ws(':', 'pair.closed', 'cohort', $6::text, b.id) as ref) note
    order by b.id
    on conflict (source, event_id) do nothing returning 1
  )
  select (select count(*)::int from batch) as looked, (select max(id) from batch) as last,
    (select count(*)::int from noted) as changed`;

/** Each pair closes by an entry on its own journal, which the relay finds within a second. */
export async function endPairs(on: Transaction, sweep: SweepStep, terms: SweepTerms, after: string): Promise<Moved> {
  const { endsOn } = sweep.parameters as { endsOn: string };
  const values = [terms.programId, after, batchOf(terms), new Date(sweep.at), new Date(terms.now), endsOn];
  const [row] = await queryRows<BatchRow>(on, endSql, ...values);
  return movedBy(row, terms);
}

/** Whether the relay has still to carry some of these entries of a program to their pairs. */
export async function hasUntoldPairs(on: Queryable, programId: string): Promise<boolean> {
  const sql = `
    select 1 from journal
    where state = 'recorded' and delivered_at is null and program_id = $1 and type = 'pair.closed'
      and data->>'reason' = 'cohort_ended' limit 1`;
  return (await queryRows(on, sql, programId)).length > 0;
}

const confirmSql = `
  with batch as (
    select distinct person_id from enrolments
    where program_id = $1 and offered_at is not null and person_id > $2 order by person_id limit $3::int
  ), settled as (
    update enrolments e set offered_at = null, answered_at = null,
      state_at = case when ${unanswered()} then $4::timestamptz else e.state_at end,
      state = case when ${unanswered()} then 'unconfirmed' else e.state end
    from batch b where e.person_id = b.person_id and e.program_id = $1 and e.offered_at is not null
    returning e.state
  )
  select (select count(*)::int from batch) as looked, (select max(person_id) from batch) as last,
    (select count(*)::int from settled where state = 'unconfirmed') as changed`;

function unanswered(): string {
  return `e.state = 'active' and e.answered_at is null`;
}

/** The answers of the run are settled; the next run is asked about anew. */
export async function confirmEnrolments(
  on: Transaction,
  sweep: SweepStep,
  terms: SweepTerms,
  after: string,
): Promise<Moved> {
  const values = [terms.programId, after, batchOf(terms), new Date(sweep.at)];
  const [row] = await queryRows<BatchRow>(on, confirmSql, ...values);
  return movedBy(row, terms);
}
