import type { Delivery } from '../../activities/channels/channel.ts';
import { sendGridChannel } from '../../activities/channels/sendgrid.ts';
import { twilioChannel } from '../../activities/channels/twilio.ts';
import { createNudger, temporalNudge } from '../../activities/nudger.ts';
import { DAY } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { wallClock } from '../../runtime/clock.ts';
import { workflowTaskQueue } from '../../workflows/messages.ts';
import { startChild } from '../support/child.ts';
import { messagesThat, seedDueMessages } from '../support/due-messages.ts';
import type { FakeJob, FakeResult } from '../support/fake.ts';
import { atMost, type Figure } from '../support/figures.ts';
import { inPool } from '../support/pool.ts';
import { inScope } from '../support/scope.ts';
import { type Bench, seconds, until } from '../support/section.ts';
import { documentOf, pairIdsOf, seedPeople, seedProgram, weeklyCalendar } from '../support/seed.ts';
import { startServers } from '../support/servers.ts';
import { startTandem, type Tandem } from '../support/tandem.ts';

/** As many hand-overs as the dispatcher has under way. */
const atOnce = 96;
const mayGrowMegabytes = 60;

/** Ten thousand messages by the providers' own clients to the fake at its fastest, beside the same clients alone. */
export async function sending(bench: Bench): Promise<Figure[]> {
  const count = bench.quick ? 1000 : 10_000;
  return inScope(async (scope) => {
    const fake = startChild<FakeJob, FakeResult>(scope, 'fake.ts');
    const { sendgridUrl, twilioUrl, keys } = await fake.run({ kind: 'start' });
    const email = sendGridChannel({
      apiKey: keys.sendgridApiKey,
      baseUrl: sendgridUrl,
      from: { email: 'm@example.org' },
    });
    const sms = twilioChannel({
      accountSid: keys.twilioAccountSid,
      authToken: keys.twilioAuthToken,
      messagingServiceSid: keys.twilioMessagingServiceSid,
      baseUrl: twilioUrl,
      publicUrl: 'https://tandem.example.org',
      now: wallClock.now,
    });
    bench.say('the clients alone');
    const raw =
      count / (await seconds(() => inPool(count, atOnce, (index) => (index % 2 ? email : sms).deliver(bare(index)))));
    const tandem = await startTandem(scope, await startServers(scope), { channels: { email, sms } });
    bench.say('Tandem');
    const before = process.cpuUsage();
    const { took, grown } = await sendAll(tandem, count);
    const { user, system } = process.cpuUsage(before);
    const { accepted, different } = await fake.run({ kind: 'count' });
    return [
      {
        what: `${count} messages, mail and texts: sent`,
        tandem: `${(count / took).toFixed(0)}/s`,
        raw: `${raw.toFixed(0)}/s`,
        ratio: count / took / raw,
      },
      { what: '  processor time of the worker for each', tandem: `${((user + system) / 1000 / count).toFixed(2)} ms` },
      atMost('  memory grown from a tenth to the end', grown, mayGrowMegabytes, 'MB', 0),
      atMost('  sent twice or missing', Math.abs(accepted - 2 * count) + Math.abs(different - 2 * count), 0, '', 0),
    ];
  });
}

function bare(index: number): Delivery {
  return {
    sendId: `bare_${index}`,
    messageIds: [],
    personId: 'per',
    to: index % 2 ? `bare${index}@example.org` : '+12025550100',
    bcc: [],
    subject: 'This week',
    body: 'This week’s lesson is open.',
    template: 'class-reminder',
    deliverBy: Date.now() + DAY,
    unsubscribeUrl: null,
  };
}

async function sendAll(tandem: Tandem, count: number): Promise<{ took: number; grown: number }> {
  const { database, client } = tandem;
  const now = Date.now();
  const calendar = weeklyCalendar(now, 1, 4);
  await seedProgram(database, documentOf(calendar.zone, {}), calendar, now - 3 * DAY);
  const people = pairIdsOf('mentor', count);
  await seedPeople(database, [...people, 'mentee'], new Date(now));
  await execute(
    database,
    `insert into consents (person_id, channel, granted, by_person_id, source, wording, given_at, recorded_at)
     select id, 'sms', true, id, 'form', 'Yes', $1, $1 from people`,
    new Date(now),
  );
  const slot = { slotAt: now, zone: calendar.zone };
  await seedDueMessages(database, people.slice(count / 2), { ...slot, channel: 'email' });
  await seedDueMessages(database, people.slice(0, count / 2), { ...slot, channel: 'sms' });
  let atTenth = 0;
  const took = await seconds(async () => {
    await createNudger(temporalNudge(client, () => undefined, workflowTaskQueue)).nudge('people');
    await until('messages sent', async () => {
      const sent = await messagesThat(database, "state = 'sent'");
      if (atTenth === 0 && sent >= count / 10) atTenth = process.memoryUsage().rss;
      return sent === count;
    });
  });
  return { took, grown: (process.memoryUsage().rss - atTenth) / 2 ** 20 };
}
