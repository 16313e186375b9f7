import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, localMinute } from '../../policy/time.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { providerSettings, twilioHeaders } from '../support/signed.ts';
import { newYork, openTerm, type Term } from './term.ts';

let world: Rehearsed;
const terms: Term[] = [];
const phones = new Map<Term, Record<'mentor' | 'mentee', string>>();

/** Pairs with check-ins, one for each test, at the morning on which all are asked for the first time. */
beforeAll(async () => {
  world = await startRehearsed({ providerSettings });
  let numbers = 0;
  for (let number = 0; number < 8; number++) {
    const term = await openTerm(world, { policy: { checkIns: {}, requests: {} } });
    const own = { mentor: `+1212555${5000 + ++numbers}`, mentee: `+1212555${5000 + ++numbers}` };
    for (const role of ['mentor', 'mentee'] as const) await term.putPerson(role, { phone: own[role] });
    phones.set(term, own);
    terms.push(term);
  }
  const [term] = terms as [Term];
  const matchedOn = localMinute(await world.now(), newYork).slice(0, 10);
  await term.until((Date.parse(matchedOn) - Date.parse(term.first)) / DAY + 5, '09:05');
});
afterAll(() => world.stop());

const nextTerm = (): Term => terms.pop() as Term;

async function items(path: string): Promise<Array<Record<string, unknown>>> {
  return (await world.call('GET', path)).items as Array<Record<string, unknown>>;
}

/** The address in the message by which somebody was asked. */
async function linkOf(term: Term, role: string): Promise<string> {
  const [message] = await items(`/v1/messages?personId=${term.person(role)}`);
  const link = /http\S+\/responses\/[\w.-]+/.exec(String(message?.body))?.[0];
  if (!link) throw new Error(`no link in ${JSON.stringify(message)}`);
  return link;
}

async function answer(link: string, fields: Record<string, string>): Promise<number> {
  const { status } = await fetch(link, { method: 'POST', body: new URLSearchParams(fields) });
  await world.settle();
  return status;
}

let texts = 0;
async function text(from: string, body: string): Promise<void> {
  const path = '/webhooks/twilio/inbound';
  const form = { MessageSid: `SM${String(++texts).padStart(32, '0')}`, From: from, To: '+15005550006', Body: body };
  const headers = twilioHeaders(path, form, world.url);
  const { status } = await fetch(world.url + path, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form).toString(),
  });
  expect(status).toBe(204);
  await world.settle();
}

/** The check-ins of now, as `respondent state satisfiedBy`. */
async function stands(term: Term): Promise<string[]> {
  const list = await items(`/v1/check-ins?pairId=${term.pairId()}`);
  const open = list.filter(({ state }) => state !== 'upcoming');
  return open.map(({ respondent, state, satisfiedBy }) => `${respondent} ${state} ${satisfiedBy ?? '-'}`).sort();
}

describe('answering, live', () => {
  it('K3 K5 K7 the link in the text leads to the form; opening it satisfies nothing, sending it does', async () => {
    const term = nextTerm();
    const link = await linkOf(term, 'mentor');
    for (let time = 0; time < 3; time++) expect((await fetch(link)).status).toBe(200);
    await world.settle();
    expect(await stands(term)).toEqual(['mentee open -', 'mentor open -']);
    const fields = { 'answers.going': '4', safetyConcern: 'no', notes: 'We met twice' };
    expect(await answer(link, fields)).toBe(200);
    expect(await answer(link, fields)).toBe(200);
    const [contact, ...others] = await items(`/v1/pairs/${term.pairId()}/contacts`);
    expect(others).toEqual([]);
    expect(await stands(term)).toEqual(['mentee open -', `mentor satisfied ${contact?.id}`]);
    expect(contact).toMatchObject({ mode: 'form', by: 'mentor', answers: { going: '4' }, notes: 'We met twice' });
    expect(contact?.checkInId).toMatch(/^chk_/);
    const [handOff] = await items(`/v1/messages?personId=${term.person('coord')}`);
    expect(handOff).toMatchObject({ template: 'contact-handoff' });
    const followUp = { to: 'mentor', kind: 'advice', by: term.person('coord'), contactId: contact?.id };
    await term.event('support.recorded', followUp);
    const [shown] = await items(`/v1/pairs/${term.pairId()}/contacts`);
    expect(shown?.followUps).toMatchObject([{ kind: 'advice' }]);
  });

  it('K3 a text reply satisfies the check-in, and staff have no task', async () => {
    const term = nextTerm();
    await text(phones.get(term)?.mentee as string, 'Five!');
    const [contact] = await items(`/v1/pairs/${term.pairId()}/contacts`);
    expect(contact).toMatchObject({ mode: 'text', respondent: 'mentee', answers: { going: '5' } });
    expect(await stands(term)).toEqual([`mentee satisfied ${contact?.id}`, 'mentor open -']);
    expect(await items(`/v1/cases?programId=${term.programId}`)).toEqual([]);
  });

  it('K3 what staff record is answered with the check-in that it satisfied', async () => {
    const term = nextTerm();
    const [open] = await items(`/v1/check-ins?pairId=${term.pairId()}&state=open&respondent=mentor`);
    const call = { mode: 'phone', by: term.person('coord'), answers: {}, safetyConcern: false };
    const recorded = await world.call('POST', `/v1/check-ins/${open?.id}:record`, call);
    const { contactId } = recorded;
    expect(recorded).toMatchObject({
      state: 'applied',
      checkIn: { state: 'satisfied', satisfiedBy: contactId, live: true },
    });
    await world.call('POST', `/v1/check-ins/${open?.id}:record`, { by: term.person('coord'), retracts: contactId });
    expect(await stands(term)).toEqual(['mentee open -', 'mentor open -']);
  });

  it('K6 a concern on the form opens a safety case, and words of a text too', async () => {
    const term = nextTerm();
    expect(await answer(await linkOf(term, 'mentee'), { safetyConcern: 'yes' })).toBe(200);
    expect(await items(`/v1/cases?programId=${term.programId}&kind=safety`)).toMatchObject([{ state: 'open' }]);
    const other = nextTerm();
    await text(phones.get(other)?.mentor as string, 'He says that he wants to kill himself');
    expect(await items(`/v1/cases?programId=${other.programId}&kind=safety`)).toMatchObject([{ state: 'open' }]);
  });
});
