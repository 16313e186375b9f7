import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compose } from '../../activities/dispatch/compose.ts';
import { createRenderer, type Rendered, UnfilledTemplateError } from '../../activities/render.ts';
import { type ResponseKind, responseOf, withoutAnswerLinks } from '../../policy/delivery/answer-link.ts';
import { blindCopies } from '../../policy/mailbox/blind-copy.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { DAY, MINUTE } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { readWording } from '../../prisma/store/wording.ts';
import { readResponseToken, responseToken } from '../../runtime/response-token.ts';
import { createSigner } from '../../runtime/signing.ts';
import { classify, type TemplateKey, templateKeys, templateOf } from '../../templates/table.ts';
import { row } from '../policy/rows.ts';
import { openSendPath, remind, type SendPath } from './send-path.ts';

const signer = createSigner('a key of this test');
const links = {
  inboundDomain: null,
  preferencesPage: () => 'https://tandem.example.org/preferences/x',
  responsePage: (subject: Parameters<typeof responseToken>[1]) =>
    `https://tandem.example.org/responses/${responseToken(signer, subject)}`,
};

/** A check-in's question to mentor `m0` about a pair, as the pair writes it. */
function question(pairId: string, given: Partial<MessageRow> = {}): MessageRow {
  const key = `${pairId}/2026-11-12/check-in-mentor`;
  const fields = { checkInId: `chk_${pairId}`, respondent: 'mentor', dueOn: '2026-11-12', closesOn: '2026-11-17' };
  return row(key, {
    programId: 'school',
    pairIds: [pairId],
    personId: 'm0',
    template: 'check-in',
    variant: 'regular',
    classification: classify('check-in'),
    fields: { ...fields, mentorId: 'm0', menteeId: 'mentee' },
    ...given,
  });
}

let path: SendPath;
beforeEach(async () => {
  path = await openSendPath(2);
});
afterEach(() => path.drop());

const composed = async (rows: MessageRow[]) =>
  compose(rows, await readWording(path.database, rows), createRenderer(), links) as Rendered;
const tokensIn = (body: string) => [...body.matchAll(/\/responses\/([\w.-]+)/g)].map(([, token]) => token as string);

describe('the signed link in a message', () => {
  test('K3 leads its recipient to their own form, until the window of the check-in closes', async () => {
    for (const channel of ['email', 'sms'] as const) {
      const { body } = await composed([question('pair_1', { channel })]);
      const [token, ...others] = tokensIn(body);
      expect(others).toEqual([]);
      expect(readResponseToken(signer, token as string)).toEqual({
        kind: 'check-in',
        of: 'pair_1',
        personId: 'm0',
        occasion: '2026-11-12/mentor',
        expires: Date.parse('2026-11-18T00:00:00-05:00'),
      });
    }
  });

  test('M4 merged messages carry a link for each pair', async () => {
    const { body } = await composed([question('pair_1'), question('pair_2')]);
    const pairs = tokensIn(body).map((token) => readResponseToken(signer, token)?.of);
    expect(pairs).toEqual(['pair_1', 'pair_2']);
  });

  test('is the same each time its message is put into words', async () => {
    const [first, second] = [await composed([question('pair_1')]), await composed([question('pair_1')])];
    expect(first.body).toBe(second.body);
  });

  test("M11 a program's own words may not lead elsewhere", async () => {
    const own = `insert into templates (program_id, key, channel, locale, variant, subject, body, updated_at)
      values ('school', 'check-in', 'email', 'en', 'regular', 'Hi', $1, now())
      on conflict (program_id, key, channel, locale, variant) do update set body = excluded.body`;
    await execute(path.database, own, 'See {{ items.first.link }}');
    expect(tokensIn((await composed([question('pair_1')])).body)).toHaveLength(1);
    await execute(path.database, own, 'See https://tandem.example.org/responses/elsewhere');
    expect(await composed([question('pair_1')])).toBeInstanceOf(UnfilledTemplateError);
  });

  test('S2 every template that leads to a form has one, which is open for a month where no window closes it', () => {
    const leading = templateKeys.filter((key) => templateOf(key).answers);
    expect(leading).toEqual(expect.arrayContaining(['check-in', 'survey', 'exit-survey', 'cohort-opt-out']));
    const about = (template: TemplateKey, kind: ResponseKind, fields: Record<string, unknown>) =>
      responseOf(question('pair_1', { template, stepKey: 'pair_1/2026-12-01/survey-mentor', fields }), kind);
    const survey = about('survey', 'survey', { instrument: 'mqs' });
    expect(survey).toMatchObject({ kind: 'survey', of: 'pair_1', occasion: '2026-12-01/survey-mentor' });
    expect(survey.expires).toBe(Math.floor(question('x').plannedFor / 1000) * 1000 + 30 * DAY);
    expect(about('survey', 'survey', { instrument: 'post_meeting' }).kind).toBe('meeting-survey');
    expect(about('exit-survey', 'exit-survey', {}).kind).toBe('exit-survey');
    const enrolment = question('x', { pairIds: [], stepKey: 'school/2026-12-18/cohort-opt-out' });
    expect(responseOf(enrolment, 'enrolment')).toMatchObject({ of: 'school', occasion: '2026-12-18/cohort-opt-out' });
  });
});

describe('who gets a copy', () => {
  test('M7 mail to mentors is blind-copied to operations, but mail by which one answers is not', () => {
    const reminder = question('pair_1', { template: 'class-reminder', classification: classify('class-reminder') });
    expect(blindCopies([reminder], true, 'ops')).toEqual(['ops']);
    for (const key of templateKeys.filter((template) => templateOf(template).answers)) {
      const answerable = question('pair_1', { template: key, classification: classify(key) });
      expect(blindCopies([answerable], true, 'ops'), key).toEqual([]);
      // Without the mark of the template table it would be.
      const { answerLink: _, ...unmarked } = answerable.classification;
      expect(blindCopies([{ ...answerable, classification: unmarked }], true, 'ops'), key).toEqual(['ops']);
    }
  });

  test('M7 what the provider is given has no copy of a check-in', async () => {
    await remind(path, 1, 'email');
    const sql = `
      insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, variant, channel, shard,
        classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version, because,
        accepted_at, updated_at)
      values ('msg_q', 'q', 'q', 'pair:school:p0', 'school', array['p0'], 'm0', 'mentor', 'check-in', 'regular', 'email', 'people',
        $1::jsonb, $2::jsonb, 'Etc/UTC', '{}', 'waiting', true, $3, $3, $4, 1, '{"rule": "K1", "facts": []}', $3, $3)`;
    const { classification, fields } = question('p0');
    const times = [new Date(path.clock.at - MINUTE), new Date(path.clock.at + DAY)];
    await execute(path.database, sql, JSON.stringify(classification), JSON.stringify(fields), ...times);
    await path.dispatch();
    const copies = path.fake.journal().map(({ to, bcc }) => [to[0], bcc]);
    expect(copies.sort()).toEqual([
      ['m0@example.org', []],
      ['m1@example.org', ['ops@example.org']],
    ]);
  });

  test('M7 whoever reads the ledger finds no link to answer by', async () => {
    const { body } = await composed([question('pair_1')]);
    expect(tokensIn(body)).toHaveLength(1);
    expect(tokensIn(withoutAnswerLinks(body))).toEqual([]);
    expect(withoutAnswerLinks(body)).toContain('https://tandem.example.org/responses/…');
    expect(withoutAnswerLinks('See https://x.example/preferences/a.b')).toBe('See https://x.example/preferences/a.b');
  });
});
