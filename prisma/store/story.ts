import type { PairContext } from '../../policy/pair/context.ts';
import type { PairState } from '../../policy/pair/state.ts';
import type { Because } from '../../policy/step.ts';
import type { TimelineMessage } from '../../policy/timeline.ts';
import { type Database, queryRows } from '../database.ts';

/** A whole program as it was told: every message with its reason, and every pair with the state it decides by. */

export interface StoryMessage extends TimelineMessage {
  key: string;
  pairIds: string[];
  role: string;
  because: Because;
  /** Name of the recipient. */
  name: string;
}

interface StoryRow {
  key: string;
  pair_ids: string[];
  person_id: string;
  role: string;
  name: string;
  zone: string;
  channel: string;
  template: string;
  variant: string | null;
  state: string;
  reason: string | null;
  sent_at: Date | null;
  planned_for: Date;
  because: Because;
}

/** Every message of a program, whatever became of it. */
export async function readStory(database: Database, programId: string): Promise<StoryMessage[]> {
  const rows = await queryRows<StoryRow>(
    database,
    `select m.key, m.pair_ids, m.person_id, m.role, p.name, coalesce(p.zone, m.zone) as zone, m.channel, m.template, m.variant,
       m.state, m.reason, m.sent_at, m.planned_for, m.because
     from messages m join people p on p.id = m.person_id where m.program_id = $1 order by m.planned_for, m.key`,
    programId,
  );
  return rows.map((row) => ({
    key: row.key,
    pairIds: row.pair_ids,
    personId: row.person_id,
    role: row.role,
    name: row.name,
    zone: row.zone,
    channel: row.channel as StoryMessage['channel'],
    template: row.template,
    variant: row.variant,
    state: row.state,
    reason: row.reason,
    sentAt: row.sent_at?.getTime() ?? null,
    plannedFor: row.planned_for.getTime(),
    because: row.because,
  }));
}

export interface StoryPair {
  id: string;
  mentorName: string;
  menteeName: string;
  state: PairState;
  ctx: PairContext;
}

/** The pairs of a program with what they last said of themselves. */
export async function readStoryPairs(database: Database, programId: string): Promise<StoryPair[]> {
  const rows = await queryRows<{
    id: string;
    mentor: string;
    mentee: string;
    projection: { state: PairState; ctx: PairContext };
  }>(
    database,
    `select p.id, mentor.name as mentor, mentee.name as mentee, p.projection
     from pairs p join people mentor on mentor.id = p.mentor_id join people mentee on mentee.id = p.mentee_id
     where p.program_id = $1 and p.projection is not null order by p.id`,
    programId,
  );
  return rows.map(({ id, mentor, mentee, projection }) => ({
    id,
    mentorName: mentor,
    menteeName: mentee,
    ...projection,
  }));
}
