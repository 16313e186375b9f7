/** Conditions on who counts as not heard of, the same for the notice and for what follows it (S8). */

/**
 * Whether something accounts for a person's silence since an instant: a pair that was made since, a pause of a pair, or an
 * open safety case, in which nobody is pressed.
 * @param person SQL of the person's id
 * @param since SQL of the instant
 */
export function excused(person: string, since: string): string {
  return `(
    exists (select from pairs q where (q.mentor_id = ${person} or q.mentee_id = ${person})
      and (q.created_at > ${since} or q.state <> 'closed' and exists (
        select from jsonb_array_elements(q.projection->'ctx'->'pauses') pause
        where pause->>'until' is null or to_timestamp((pause->>'until')::bigint / 1000.0) > ${since})))
    or exists (select from cases c left join pairs q on q.id = c.pair_id
      where c.kind = 'safety' and c.state in ('open', 'acknowledged')
        and ${person} in (c.person_id, q.mentor_id, q.mentee_id)))`;
}

/** Whether a person wrote a mail or a text since an instant, which stands nowhere on the journal. */
export function wrote(person: string, since: string): string {
  return `exists (select from inbound_messages i where i.person_id = ${person} and i.received_at > ${since})`;
}

/** Reason of somebody's unavailability, and of the task that goes with it. */
export const inactiveReason = 'inactive';
export const confirmRemoval = 'confirm_removal';

export interface InactivityParameters {
  date: string;
  since: number;
  quietSince: number;
  noticedBy: number;
  marksAt: number;
  answerBy: string;
  coordinator: string | null;
}
