import type { Instant } from '../../policy/time.ts';
import type { ProgramLimit } from './people.ts';

/** Which pairs are meant, in lists and in what is sent to their people. */

/** Numbers from `min` to `max`, both included; null for no bound. */
export interface CountRange {
  min: number | null;
  max: number | null;
}

export interface PairFilter {
  programId?: string | undefined;
  /** Mentor or mentee. */
  personId?: string | undefined;
  mentorId?: string | undefined;
  menteeId?: string | undefined;
  coordinator?: string | undefined;
  supervisor?: string | undefined;
  state?: 'active' | 'paused' | 'closed' | undefined;
  /** Only pairs with an open escalation. */
  focus?: boolean | undefined;
  /** Counted as the pair last said (T10). */
  conversations?: CountRange | undefined;
  meetings?: CountRange | undefined;
}

/** Names a value of the statement that a condition becomes part of, such as `$3`. */
export type Value = (given: unknown) => string;

/**
 * What a pair `p` has to fulfil, as SQL conditions; only what is asked for, since a condition that may not apply keeps an
 * index from being used.
 * @param now when a pair is paused or not
 */
export function pairConditions(
  filter: PairFilter,
  { programIds, now }: { programIds: ProgramLimit; now: Instant },
  value: Value,
): string[] {
  const { personId, state, focus = false } = filter;
  return [
    ...(programIds === null ? [] : [`p.program_id = any(${value(programIds)}::text[])`]),
    ...identities(filter, value),
    ...(personId === undefined ? [] : [`${value(personId)}::text in (p.mentor_id, p.mentee_id)`]),
    ...(state === undefined ? [] : [inState(state, now, value)]),
    ...(focus ? [onFocusList] : []),
    ...within('p.conversations', filter.conversations, value),
    ...within('p.meetings', filter.meetings, value),
  ];
}

const columns = {
  programId: 'p.program_id',
  mentorId: 'p.mentor_id',
  menteeId: 'p.mentee_id',
  coordinator: 'p.coordinator_id',
  supervisor: 'p.supervisor_id',
} as const;

function identities(filter: PairFilter, value: Value): string[] {
  const names = Object.keys(columns) as Array<keyof typeof columns>;
  return names.flatMap((name) => (filter[name] === undefined ? [] : [`${columns[name]} = ${value(filter[name])}`]));
}

/** Paused by the same pauses that a pair's view is made from (S11). */
function inState(state: NonNullable<PairFilter['state']>, now: Instant, value: Value): string {
  if (state === 'closed') return "p.state = 'closed'";
  const at = value(now);
  const paused = `exists (
    select from jsonb_array_elements(p.projection->'ctx'->'pauses') pause
    where (pause->>'from')::bigint <= ${at}::bigint
      and (pause->>'until' is null or (pause->>'until')::bigint > ${at}::bigint))`;
  return `p.state <> 'closed' and ${state === 'paused' ? paused : `not ${paused}`}`;
}

const onFocusList = `exists (
    select from cases c where c.pair_id = p.id and c.kind = 'escalation' and c.state in ('open', 'acknowledged'))`;

function within(column: string, range: CountRange | undefined, value: Value): string[] {
  const { min = null, max = null } = range ?? {};
  return [
    ...(min === null ? [] : [`${column} >= ${value(min)}::int`]),
    ...(max === null ? [] : [`${column} <= ${value(max)}::int`]),
  ];
}
