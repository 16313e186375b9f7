import type { Instant } from '../../policy/time.ts';
import { execute, queryRows, type Transaction } from '../database.ts';

/** What was written by, to and about a person who is erased. What a pair wrote is about both, whoever wrote it. */

export interface ErasedPerson {
  id: string;
  name: string;
  email: string | null;
  phone: string | null;
}

/** Takes away every word by, to and about the person, and what waits to be sent to them. */
export async function eraseWords(on: Transaction, person: ErasedPerson, now: Instant): Promise<void> {
  const pairs = await queryRows<{ id: string }>(
    on,
    'select id from pairs where mentor_id = $1 or mentee_id = $1',
    person.id,
  );
  const pairIds = pairs.map((pair) => pair.id);
  // Sends before messages, in the order in which outcomes are recorded.
  await eraseSends(on, person, pairIds);
  await eraseMessages(on, person.id, now);
  await eraseFreeTexts(on, person.id, pairIds);
  await eraseCaseTexts(on, person.id, pairIds);
  await eraseInbound(on, person, pairIds);
  await eraseConsentWords(on, person.id);
  await eraseStoredAnswers(on, person, pairIds);
}

function namesOf({ name, email, phone }: ErasedPerson): string[] {
  return [name, email, phone].filter((text): text is string => text !== null && text.trim() !== '');
}

/**
 * Mail to others names the people of a pair, and a list for staff those of many pairs: words in which the name or address
 * is found go too, since within a month they would go anyway.
 */
async function eraseSends(on: Transaction, person: ErasedPerson, pairIds: string[]): Promise<void> {
  const sql = `
    with naming as (
      select s.id from sends s
      where s.person_id = $1 or (s.subject is not null or s.body is not null) and (
        exists (select from messages m where m.id = any(s.message_ids) and m.pair_ids && $2::text[])
        or exists (select from unnest($3::text[]) as name
          where strpos(lower(concat_ws(E'\\n', s.subject, s.body)), lower(name)) > 0))
      order by s.id for update
    )
    update sends s set subject = null, body = null, address = case when s.person_id = $1 then null else s.address end
    from naming where s.id = naming.id`;
  await execute(on, sql, person.id, pairIds, namesOf(person));
  const notes = `
    update settlements t set note = null from sends s
    where s.id = t.send_id and (t.by_person_id = $1 or s.person_id = $1
      or exists (select from messages m where m.id = any(s.message_ids) and m.pair_ids && $2::text[]))`;
  await execute(on, notes, person.id, pairIds);
}

/** What waits is not sent; rows keep what says why and when, and lose what their words were to be made of. */
async function eraseMessages(on: Transaction, personId: string, now: Instant): Promise<void> {
  const sql = `
    with theirs as (select id from messages where person_id = $1 order by id for update)
    update messages m set fields = '{}'::jsonb,
      state = case m.state when 'waiting' then 'skipped' else m.state end,
      reason = case m.state when 'waiting' then 'removed' else m.reason end,
      gates = case m.state when 'waiting'
        then coalesce(m.gates, '[]'::jsonb) || jsonb_build_array(jsonb_build_object('gate', 'removed', 'at', $2::timestamptz))
        else m.gates end,
      updated_at = case m.state when 'waiting' then $2 else m.updated_at end
    from theirs where m.id = theirs.id`;
  await execute(on, sql, personId, new Date(now));
}

async function eraseFreeTexts(on: Transaction, personId: string, pairIds: string[]): Promise<void> {
  const sql = `
    delete from free_texts t using journal j
      left join pairs p on p.id = j.pair_id left join people mentee on mentee.id = p.mentee_id
    where j.seq = t.seq and (
      $1 in (j.subject, j.data->>'by') or j.pair_id = any($2::text[])
      or mentee.guardian_id = $1 and 'guardian' in (j.data->>'by', j.data->>'respondent'))`;
  await execute(on, sql, personId, pairIds);
}

async function eraseCaseTexts(on: Transaction, personId: string, pairIds: string[]): Promise<void> {
  const sql = `
    update case_entries e set text = null from cases c
    where c.id = e.case_id and e.text is not null
      and (e.by = $1 or c.person_id = $1 or c.pair_id = any($2::text[]))`;
  await execute(on, sql, personId, pairIds);
}

/** Of what staff wrote about the person's pairs the words go; of what the person wrote, the sender too. */
async function eraseInbound(on: Transaction, person: ErasedPerson, pairIds: string[]): Promise<void> {
  const sql = `
    update inbound_messages i set subject = null, body = null,
      from_address = case when i.person_id = $1 or own.digest is not null then null else i.from_address end
    from inbound_messages k
    left join lateral (
      select address_digest(k.from_address) as digest
      where address_digest(k.from_address) in (address_digest($3), address_digest($4))
    ) own on true
    left join cases c on c.id = k.case_id
    where i.id = k.id
      and (i.person_id = $1 or own.digest is not null or c.person_id = $1 or c.pair_id = any($2::text[]))`;
  await execute(on, sql, person.id, pairIds, person.email, person.phone);
}

/** Who consented when to what is evidence, and stays. */
async function eraseConsentWords(on: Transaction, personId: string): Promise<void> {
  await execute(on, `update consents set source = '', wording = '' where person_id = $1`, personId);
}

/** A request that comes again is still answered with its first status, and not carried out twice. */
async function eraseStoredAnswers(on: Transaction, person: ErasedPerson, pairIds: string[]): Promise<void> {
  const quoted = [person.id, ...pairIds].map((id) => JSON.stringify(id));
  const sql = `
    update idempotency_keys k set body = null
    where k.body is not null
      and exists (select from unnest($1::text[]) as term where strpos(lower(k.body::text), lower(term)) > 0)`;
  await execute(on, sql, [...quoted, ...namesOf(person)]);
}
