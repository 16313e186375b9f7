import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CampaignResult, carryOut } from './support/campaign.ts';
import { noFindings } from './support/checker.ts';
import { inProfile, long, seed, testTimeout } from './support/profile.ts';
import { protections } from './support/protections.ts';
import { createRandom } from './support/random.ts';
import { type SendingWorld, startSendingWorld } from './support/sending-world.ts';
import { type Line, printTable } from './support/table.ts';

/**
 * Workers that send mail and texts to real clients' providers are killed at any instant and at named points, two at a time
 * on one ledger; the journal of the providers shows that every message went once (M9).
 */

const kills = inProfile(8, 200);
const mentors = inProfile(40, 500);

const random = createRandom(seed);
const lines: Line[] = [];
let world: SendingWorld;
beforeAll(async () => {
  console.info(`TANDEM_FAULTS_SEED=${seed}`);
  world = await startSendingWorld(random);
});
afterAll(async () => {
  printTable(lines);
  await world?.stop();
});

function noted(what: string, result: CampaignResult): CampaignResult {
  lines.push({ what, ...result });
  console.info(`${what}: ${JSON.stringify(result.killsAt)}`);
  return result;
}

describe('workers that are killed while they send', { timeout: testTimeout }, () => {
  it(`M9 ${kills} kills over reminders to ${mentors} mentors lose no message, send none twice and leave none in doubt`, async () => {
    const { found, evidence } = noted('all protections on', await carryOut(world, random, { kills, mentors }));
    expect(found).toEqual(noFindings);
    expect(evidence.rows.filter((row) => row.state === 'unknown' || row.state === 'sending')).toEqual([]);
    const providers = new Set(evidence.requests.filter((request) => request.accepted).map(({ provider }) => provider));
    expect([...providers].sort()).toEqual(['sendgrid', 'twilio']);
    expect(evidence.rows.some((row) => row.reason === 'merged')).toBe(true);
  });

  // The others do harm where a worker lives on after the fault, not where it is killed: `sending-controls.test.ts`.
  const deadly = protections.filter((name) => /claim before|not taking for|one request/.test(name));
  it.runIf(long).each(deadly)('M9 kills do harm without %s, and the comparison shows it', async (without) => {
    const { found } = noted(`without ${without}`, await carryOut(world, random, { kills: 12, mentors: 40, without }));
    expect([...found.lost, ...found.twice, ...found.foreign].length).toBeGreaterThan(0);
  });
});
