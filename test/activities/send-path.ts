import { carriedBy, type DeliveryChannels } from '../../activities/channels/channel.ts';
import { sendGridChannel } from '../../activities/channels/sendgrid.ts';
import { twilioChannel } from '../../activities/channels/twilio.ts';
import { createDispatchActivities } from '../../activities/dispatch/activity.ts';
import { settleSends } from '../../activities/dispatch/settle.ts';
import { createRenderer } from '../../activities/render.ts';
import type { ResponseSubject } from '../../policy/delivery/answer-link.ts';
import { withDefaults } from '../../policy/program.ts';
import { DAY, type Instant, MINUTE } from '../../policy/time.ts';
import { type Database, execute, queryRows } from '../../prisma/database.ts';
import { putProgram } from '../../prisma/store/programs.ts';
import type { PlanInput } from '../../runtime/local/provider-fake/plan.ts';
import type { ProviderFake } from '../../runtime/local/provider-fake/start.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { createTestDatabase } from '../support/database.ts';
import { providerFake } from '../support/provider-clients.ts';

/** The send path without Temporal: a database, the dispatcher's passes by hand, and the real clients at the fake. */

export interface SendPath {
  database: Database;
  fake: ProviderFake;
  channels: DeliveryChannels;
  /** Noon in the program's zone at first; tests move it. */
  clock: { at: Instant };
  /** The dispatchers that were woken by what was said to staff. */
  nudged: string[];
  /** One pass for each shard. */
  dispatch(): Promise<void>;
  /** Asks about everything that is open, whose time is taken to be over. Answers how many were settled. */
  settle(): Promise<number>;
  /** The ledger as `key channel state reason`, by key. */
  ledger(): Promise<string[]>;
  /** What the fake accepted: `provider recipient`. */
  accepted(): string[];
  drop(): Promise<void>;
}

const classOf = (template: string) => classify(template as TemplateKey);

/** A program `school` with mentors `m0` to `m{count - 1}`, each with mail, a number and a consent, and staff `ops`. */
export async function openSendPath(count: number, plan: PlanInput = {}): Promise<SendPath> {
  const { database, drop } = await createTestDatabase();
  const clock = { at: Date.parse('2026-11-10T12:00:00Z') };
  await seed(database, count, clock.at);
  const fake = await providerFake({ plan });
  const { keys } = fake;
  const timeoutMillis = 800;
  const now = async (): Promise<Instant> => clock.at;
  const channels: DeliveryChannels = {
    ...carriedBy(
      sendGridChannel({
        apiKey: keys.sendgridApiKey,
        baseUrl: fake.sendgridUrl,
        from: { email: 'm@example.org' },
        timeoutMillis,
      }),
    ),
    sms: twilioChannel({
      accountSid: keys.twilioAccountSid,
      authToken: keys.twilioAuthToken,
      messagingServiceSid: keys.twilioMessagingServiceSid,
      baseUrl: fake.twilioUrl,
      publicUrl: 'https://tandem.example.org',
      now,
      timeoutMillis,
    }),
  };
  const links = {
    inboundDomain: null,
    preferencesPage: (person: string) => `https://tandem.example.org/preferences/${person}`,
    responsePage: ({ of, personId }: ResponseSubject) => `https://tandem.example.org/responses/${of}.${personId}`,
  };
  const nudged: string[] = [];
  const deps = {
    database,
    clock: { now },
    renderer: createRenderer(),
    metrics: createMetrics(),
    channels,
    links,
    classify: classOf,
    nudge: async (shard: string) => void nudged.push(shard),
  };
  const activities = createDispatchActivities(deps);
  return {
    database,
    fake,
    channels,
    clock,
    nudged,
    async dispatch() {
      for (const shard of ['urgent', 'people'] as const) await activities.dispatch({ shard, notBefore: 0 });
    },
    async settle() {
      // A text is found by its time, and claims are made on the test's clock.
      await execute(
        database,
        "update sends set lease_until = now() - interval '1 second' where state in ('claimed', 'unknown')",
      );
      const settled = await Promise.all([channels.email, channels.sms].map((channel) => settleSends(deps, channel)));
      return settled.reduce((sum, one) => sum + one, 0);
    },
    async ledger() {
      const sql = "select concat_ws(' ', key, channel, state, reason) as line from messages order by key";
      return (await queryRows<{ line: string }>(database, sql)).map(({ line }) => line);
    },
    accepted: () =>
      fake
        .journal()
        .filter((entry) => entry.accepted)
        .map((entry) => `${entry.provider} ${entry.to[0]}`),
    drop,
  };
}

async function seed(database: Database, count: number, now: Instant): Promise<void> {
  const document = withDefaults({
    name: 'Example High School',
    zone: 'Etc/UTC',
    staff: { operations: 'ops' },
    policy: { classWeek: {} },
  });
  await putProgram(database, { id: 'school', document, applyNow: false, now });
  await execute(
    database,
    `with made as (
       insert into people (id, version, name, email, phone, is_minor, available, created_at, updated_at)
       select id, 1, 'Person ' || id, id || '@example.org', '+1212555' || lpad((1000 + n)::text, 4, '0'), false, true, $2, $2
       from (select 'm' || n as id, n from generate_series(0, $1::int - 1) n union all select 'ops', 900 union all select 'mentee', 901) p
       returning id
     )
     insert into consents (person_id, channel, granted, by_person_id, source, wording, given_at, recorded_at)
     select id, 'sms', true, id, 'form', 'Yes', $2, $2 from made`,
    count,
    new Date(now),
  );
}

/** A class reminder for mentor `m{index}`, as a pair would have written it; its key is `p{index}/{channel}`. */
export async function remind({ database, clock }: SendPath, index: number, channel: 'email' | 'sms'): Promise<void> {
  const key = `p${index}/${channel}`;
  await execute(
    database,
    `insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, variant, channel, shard,
       classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version, because,
       accepted_at, updated_at)
     values ('msg_' || md5($1), $1, $1, 'pair:school:p' || $2, 'school', array['p' || $2], 'm' || $2, 'mentor', 'class-reminder',
       'regular', $3, 'people', $4::jsonb, $5::jsonb, 'Etc/UTC', '{}', 'waiting', true, $6, $6, $7, 1,
       '{"rule": "W2", "facts": []}', $6, $6)`,
    key,
    String(index),
    channel,
    JSON.stringify(classOf('class-reminder')),
    JSON.stringify({ menteeId: 'mentee', sessionDate: '2026-11-04' }),
    new Date(clock.at - MINUTE),
    new Date(clock.at + 3 * DAY),
  );
}
