import type { SweepStep } from '../../../policy/step.ts';
import { queryRows, type Transaction } from '../../database.ts';
import { type BatchRow, batchOf, type Moved, movedBy, type SweepTerms } from './stage.ts';
import { messageFor, toldPeople } from './told.ts';

/** The people of a cohort are asked whether to go on, and reminded once (S9). */

interface AskingParameters {
  endsOn: string;
  endsAt: number;
  offeredBy?: number;
}

/** Enrolled people who take part; who has two roles is asked once. */
const takesPart = `e.program_id = $2 and e.state = 'active' and e.role in ('mentor', 'mentee')`;

const answered = `
  select (select count(*)::int from batch) as looked, (select max(person_id) from batch) as last,
    (select count(*)::int from told) as changed`;

const askSql = `
  with batch as (
    select distinct e.person_id from enrolments e join people p on p.id = e.person_id
    where ${takesPart} and e.answered_at is null and e.joined_at <= $5::timestamptz and e.person_id > $3
      and p.removed_at is null
    order by e.person_id limit $4::int
  ), asked as (
    update enrolments e set offered_at = $5::timestamptz from batch b
    where e.person_id = b.person_id and ${takesPart} and e.answered_at is null
    returning e.person_id, e.role
  ), people as (
    select person_id, max(role) as role from asked group by person_id
  ), told as (
    ${toldPeople('people')} returning person_id
  )
  ${answered}`;

/** Everybody enrolled is offered to opt out of the next run, whoever has said already what they want aside. */
export async function askCohort(on: Transaction, sweep: SweepStep, terms: SweepTerms, after: string): Promise<Moved> {
  const message = messageOf(sweep, terms, null);
  const values = [message, terms.programId, after, batchOf(terms), new Date(sweep.at)];
  const [row] = await queryRows<BatchRow>(on, askSql, ...values);
  return movedBy(row, terms);
}

const remindSql = `
  with batch as (
    select distinct e.person_id from enrolments e
    where ${takesPart} and e.answered_at is null and e.offered_at <= $5::timestamptz and e.person_id > $3
    order by e.person_id limit $4::int
  ), locked as (
    select e.person_id, e.role from enrolments e join batch b on b.person_id = e.person_id
    where ${takesPart} and e.answered_at is null order by e.person_id for update of e
  ), people as (
    select person_id, max(role) as role from locked group by person_id
  ), told as (
    ${toldPeople('people')} returning person_id
  )
  ${answered}`;

/** Whoever was asked and has not answered is reminded; an answer that is under way is waited for. */
export async function remindCohort(
  on: Transaction,
  sweep: SweepStep,
  terms: SweepTerms,
  after: string,
): Promise<Moved> {
  const { offeredBy } = sweep.parameters as unknown as AskingParameters;
  const message = messageOf(sweep, terms, 'reminder');
  const values = [message, terms.programId, after, batchOf(terms), new Date(offeredBy ?? sweep.at)];
  const [row] = await queryRows<BatchRow>(on, remindSql, ...values);
  return movedBy(row, terms);
}

function messageOf(sweep: SweepStep, terms: SweepTerms, variant: string | null): string {
  const { endsOn, endsAt } = sweep.parameters as unknown as AskingParameters;
  return messageFor(sweep, terms, {
    stepKey: sweep.key,
    template: 'cohort-opt-out',
    variant,
    expiresAt: endsAt,
    fields: { endsOn },
    rule: 'S9',
  });
}
