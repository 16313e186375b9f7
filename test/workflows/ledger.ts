import { DAY, localMinute } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import type { Rehearsed } from '../support/rehearsed.ts';

/** What a term has brought so far: messages and cases, as short lines. */

export interface StoredLine {
  id: string;
  key: string;
  channel: string;
  template: string;
  variant: string | null;
  state: string;
  reason: string | null;
  sent_at: Date | null;
  planned_for: Date;
  pair_ids: string[];
  bcc: string[];
  fields: Record<string, unknown>;
  because: { rule: string; facts: string[] };
  policy_version: number;
  fallback_from: string | null;
}

export interface PairView {
  state: string;
  policyVersion: number;
  openCases: unknown[];
  classWeek: {
    sessionDate: string;
    complete: boolean;
    missedStreak: number;
    escalated: boolean;
    remindersPaused: boolean;
  };
  next: Array<{ key: string; at: string }>;
}

export abstract class Ledger {
  abstract readonly world: Rehearsed;
  abstract readonly id: string;
  abstract readonly zone: string;
  /** Date of the first session, from which days are counted. */
  abstract readonly first: string;
  abstract readonly programId: string;

  person(role: string): string {
    return `${this.id}_${role}`;
  }

  /**
   * What a person is to hear, has heard and does not hear, by role, oldest first: day and minute (sent, else planned),
   * channel, template with variant, state or reason.
   */
  async heard(role = 'mentor', zone = this.zone): Promise<string[]> {
    const rows = await this.messages(role);
    const line = (row: StoredLine): string => {
      const minute = localMinute((row.state === 'sent' ? (row.sent_at as Date) : row.planned_for).getTime(), zone);
      const day = Math.round((Date.parse(minute.slice(0, 10)) - Date.parse(this.first)) / DAY);
      const words = row.variant === null ? row.template : `${row.template}/${row.variant}`;
      return `${day} ${minute.slice(11)} ${row.channel} ${words} ${row.reason ?? row.state}`;
    };
    return rows.map(line);
  }

  messages(role = 'mentor'): Promise<StoredLine[]> {
    const sql = `
      select id, key, channel, template, variant, state, reason, sent_at, planned_for, pair_ids, bcc, fields, because,
        policy_version, fallback_from
      from messages where program_id = $1 and person_id = $2 order by coalesce(sent_at, planned_for), key`;
    return queryRows<StoredLine>(this.world.database, sql, this.programId, this.person(role));
  }

  /** Subject and text of all mail to the mentor that was sent. */
  async wordsSent(): Promise<string[]> {
    const sql = `
      select concat(subject, ': ', body) as words from sends where person_id = $1 and channel = 'email' order by claimed_at`;
    const rows = await queryRows<{ words: string }>(this.world.database, sql, this.person('mentor'));
    return rows.map(({ words }) => words.trim());
  }

  /** Cases of the program, oldest first: kind, pair, state and outcome. */
  async cases(): Promise<string[]> {
    const sql = `select kind, pair_id, state, outcome from cases where program_id = $1 order by opened_at, id`;
    const rows = await queryRows<Record<string, string | null>>(this.world.database, sql, this.programId);
    const pairOf = (id: string | null | undefined): string => id?.slice(this.id.length + 1) ?? '-';
    return rows.map(({ kind, pair_id, state, outcome }) =>
      [kind, pairOf(pair_id), state, ...(outcome ? [outcome] : [])].join(' '),
    );
  }

  /** The coded lines of the program's cases, oldest first. */
  async caseLines(): Promise<string[]> {
    const sql = `
      select e.code from case_entries e join cases c on c.id = e.case_id where c.program_id = $1 order by e.id`;
    return (await queryRows<{ code: string }>(this.world.database, sql, this.programId)).map(({ code }) => code);
  }
}
