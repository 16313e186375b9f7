import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';
import type { ProgramLimit } from './people.ts';

/** Reading what came in, for staff. */

export interface InboundRecord {
  id: string;
  provider: string;
  channel: string;
  from: string | null;
  to: string | null;
  personId: string | null;
  caseId: string | null;
  reading: string;
  doubt: string | null;
  subject: string | null;
  body: string | null;
  receivedAt: Date;
}

export interface InboundFilter {
  personId?: string | undefined;
  reading?: string | undefined;
}

const listSql = `
  select i.id, i.provider, i.channel, i.from_address as "from", i.to_address as "to", i.person_id as "personId",
    i.case_id as "caseId", i.reading, i.doubt, i.subject, i.body, i.received_at as "receivedAt"
  from inbound_messages i
  where ($1::text is null or i.person_id = $1) and ($2::text is null or i.reading = $2)
    and ($3::text[] is null
      or exists (select 1 from enrolments e where e.person_id = i.person_id and e.program_id = any($3::text[]))
      or exists (select 1 from cases c where c.program_id = any($3::text[]) and (c.id = i.case_id or c.details->>'inboundId' = i.id)))
    and ($4::timestamptz is null or (i.received_at, i.id) < ($4, $5::text))
  order by i.received_at desc, i.id desc limit $6::int`;

/**
 * What came in, newest first: for a caller limited to programs, from people enrolled there and about cases there.
 * @param after receipt (epoch milliseconds) and id of the last one seen
 */
export function listInbound(
  on: Queryable,
  { personId = undefined, reading = undefined }: InboundFilter,
  page: { programIds: ProgramLimit; after: [Instant, string] | null; limit: number },
): Promise<InboundRecord[]> {
  const [receivedAt, id] = page.after ?? [null, null];
  const before = receivedAt === null ? null : new Date(receivedAt);
  return queryRows(on, listSql, personId ?? null, reading ?? null, page.programIds, before, id, page.limit);
}
