import type { MessageRow } from '../../policy/mailbox/row.ts';
import { type Queryable, queryRows } from '../database.ts';

/** What was said in a contact, for the hand-off to staff (K7); nobody else is shown it. */
export interface ContactWords {
  at: Date;
  safetyConcern: boolean;
  discomfort: boolean;
  /** The words by field: `notes`, `roadblocks`, `answers.{question}`. */
  texts: Record<string, string>;
}

/** Name of a contact among those of several pairs. */
export function contactName(pairId: string | undefined, ref: unknown): string {
  return `${pairId}|${String(ref)}`;
}

/** The contacts that these hand-offs are about, by pair and reference. */
export async function readContactWords(on: Queryable, rows: MessageRow[]): Promise<Map<string, ContactWords>> {
  const wanted = rows.filter(({ template }) => template === 'contact-handoff');
  if (wanted.length === 0) return new Map();
  const found = await queryRows<
    Omit<ContactWords, 'texts'> & { pairId: string; ref: string; texts: ContactWords['texts'] | null }
  >(
    on,
    `select j.pair_id as "pairId", j.ref, j.occurred_at as at,
       coalesce((j.data->>'safetyConcern')::boolean, false) as "safetyConcern",
       coalesce((j.data->>'discomfort')::boolean, false) as discomfort,
       (select jsonb_object_agg(t.field, t.text) from free_texts t where t.seq = j.seq) as texts
     from unnest($1::text[], $2::text[]) as wanted(owner, ref)
     join journal j on j.owner = wanted.owner and j.ref = wanted.ref and j.type = 'checkin.recorded'`,
    wanted.map(({ owner }) => owner),
    wanted.map(({ fields }) => String(fields.contact)),
  );
  return new Map(found.map((row) => [contactName(row.pairId, row.ref), { ...row, texts: row.texts ?? {} }]));
}
