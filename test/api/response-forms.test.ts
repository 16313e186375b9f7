import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkInTexts } from '../../api/pages/forms/check-in-texts.ts';
import { standardQuestions } from '../../policy/pair/check-ins/questions.ts';
import { idOf } from '../../policy/pair/context.ts';
import { DAY } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { erasePerson } from '../../prisma/store/erasure.ts';
import { recordTaken, takenEntry } from '../../prisma/store/taken-answers.ts';
import { readResponseToken, responseToken } from '../../runtime/response-token.ts';
import { createSigner } from '../../runtime/signing.ts';
import { seedProgram } from '../support/mentoring.ts';
import { createResponseApi, fieldsOf, now, pathOf, type ResponseApi, signer } from '../support/response-api.ts';
import { expectProblem } from '../support/things.ts';

let api: ResponseApi;
let made = 0;

beforeAll(async () => {
  api = await createResponseApi();
});
afterAll(() => api.drop());
beforeEach(() => {
  api.woken.length = 0;
  api.clock.at = now;
});

const newPair = (programId?: string) => api.pair(`pair${++made}`, programId);
const fine = { 'answers.going': '4', 'answers.met': '3', safetyConcern: 'no', notes: 'All is well' };
const checkInId = (pairId: string, part = 'mentor') => idOf('chk', `${pairId}/2026-11-22/${part}`);

describe('the form of a check-in', () => {
  test('M7 names person and program and asks the standard questions; opening it changes nothing, however often', async () => {
    const pair = await newPair();
    for (let time = 0; time < 3; time++) await api.get(pathOf(pair)).expect(200);
    const { text, headers } = await api.get(pathOf(pair));
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('This page is for Maya &quot;M&quot; &lt;b&gt;Mentor&lt;/b&gt;, from Elm &lt;Street&gt;.');
    expect(text).toContain('how it is going with Kit');
    expect(Object.keys(fieldsOf(text)).sort()).toEqual(
      [
        'answers.goes_well',
        'answers.going',
        'answers.is_hard',
        'answers.met',
        'answers.next_meeting',
        'answers.support',
      ]
        .concat('notes', 'safetyConcern')
        .sort(),
    );
    expect(Object.values(fieldsOf(text)).every((value) => value === null)).toBe(true);
    expect(await api.journal(pair)).toEqual([]);
    expect(await queryRows(api.database, 'select * from free_texts')).toEqual([]);
    expect(api.woken).toEqual([]);
  });

  test('is kept by nobody, listed nowhere, framed nowhere, loads nothing and needs no script', async () => {
    const pair = await newPair();
    for (const path of [pathOf(pair), '/responses/wrong', pathOf(pair, { expires: now })]) {
      const { headers, text } = await api.get(path);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      expect(headers).toMatchObject({ 'x-robots-tag': 'noindex' });
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none';style-src 'sha256-[^']+';form-action 'self';base-uri 'none';frame-ancestors 'none'$/,
      );
      expect(text).not.toMatch(/<script|<link|<img|style="|https?:|\son\w+="/);
      expect(headers).not.toHaveProperty('set-cookie');
    }
  });

  test('labels every field and says of every group what it asks', async () => {
    const { text } = await api.get(pathOf(await newPair(), { part: 'mentee' }));
    const ids = [...text.matchAll(/<(?:input type="text"|textarea)[^>]* id="([^"]+)"/g)].map(([, id]) => id as string);
    expect(ids.length).toBeGreaterThan(3);
    for (const id of ids) expect(text).toContain(`<label for="${id}">`);
    const radios = text.match(/<input type="radio"/g)?.length;
    expect(text.match(/<label><input type="radio"[^>]*>[^<]+<\/label>/g)).toHaveLength(radios as number);
    expect(text.match(/<fieldset/g)?.length).toBe(text.match(/<legend>[^<]/g)?.length);
    const all = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(all).size).toBe(all.length);
  });

  test('K5 asks everybody about safety and meetings, and a mentee whether they are uncomfortable', async () => {
    const pair = await newPair();
    for (const part of ['mentor', 'mentee', 'guardian']) {
      const fields = fieldsOf((await api.get(pathOf(pair, { part })).expect(200)).text);
      expect(Object.keys(fields)).toEqual(expect.arrayContaining(['safetyConcern', 'answers.met', 'notes']));
      expect('discomfort' in fields).toBe(part === 'mentee');
    }
  });

  test('K5 says who reads the answers, and what to do in danger', async () => {
    const pair = await newPair();
    const mentee = (await api.get(pathOf(pair, { part: 'mentee' }))).text;
    expect(mentee).toContain('They are not shown to your mentor, and not to your parent or guardian.');
    expect(mentee).toContain('911');
    const mentor = (await api.get(pathOf(pair))).text;
    expect(mentor).toContain('not shown to your mentee or to their family');
    const guardian = (await api.get(pathOf(pair, { part: 'guardian' }))).text;
    expect(guardian).toContain('not shown to the mentor or to the mentee');
  });

  test("is in the person's language, else in the program's, else in English", async () => {
    const spanish = await newPair();
    await execute(api.database, `update people set locale = 'es-MX' where id = $1`, `${spanish}_guardian`);
    const { text } = await api.get(pathOf(spanish, { part: 'guardian' }));
    expect(text).toMatch(/<html lang="es">[\s\S]*cómo va la mentoría de Kit/);
    expect((await api.post(pathOf(spanish, { part: 'guardian' }), {}).expect(422)).text).toContain(
      'Por favor, responda',
    );
    await execute(api.database, `update people set locale = 'tlh' where id = $1`, `${spanish}_mentor`);
    expect((await api.get(pathOf(spanish))).text).toContain('<html lang="en">');
    await seedProgram(api.database, 'escuela', now, { locale: 'es', policy: { checkIns: {} } });
    expect((await api.get(pathOf(await newPair('escuela')))).text).toContain('<html lang="es">');
  });

  test('has words for every standard question, to every respondent, in both languages', () => {
    for (const locale of ['en', 'es']) {
      const { questions } = checkInTexts(locale);
      for (const { id, respondents } of standardQuestions)
        for (const part of respondents) expect(questions[id]?.[part], `${locale} ${id} ${part}`).toBeTruthy();
    }
  });

  test("K5 asks the program's own questions of the newest version, with meetings, safety and notes in any case", async () => {
    const questions = [{ id: 'goal', text: 'Which <goal> did you work on?' }];
    await seedProgram(api.database, 'own', now, { policy: { checkIns: {} } });
    const pair = await newPair('own');
    await seedProgram(api.database, 'own', now, { policy: { checkIns: { questions } } });
    const { text } = await api.get(pathOf(pair));
    expect(text).toContain('Which &lt;goal&gt; did you work on?');
    expect(Object.keys(fieldsOf(text)).sort()).toEqual(['answers.goal', 'answers.met', 'notes', 'safetyConcern']);
    await api.post(pathOf(pair), { 'answers.goal': 'Maths', 'answers.met': '2', safetyConcern: 'no' }).expect(200);
    const [entry] = await api.journal(pair);
    expect(entry?.texts).toEqual({ 'answers.goal': 'Maths', 'answers.met': '2' });
  });
});

describe('answers on the form', () => {
  test('K3 an answer is one entry in mode form, its words apart from its codes', async () => {
    const pair = await newPair();
    const { text } = await api
      .post(pathOf(pair), { ...fine, 'answers.goes_well': ' We  read \r\n together ' })
      .expect(200);
    expect(text).toContain('Thank you');
    const [entry, ...others] = await api.journal(pair);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      eventId: `checkin.recorded:form:${checkInId(pair)}`,
      ref: `form_${checkInId(pair)}`,
      type: 'checkin.recorded',
      state: 'recorded',
      urgent: false,
    });
    expect(entry?.data).toEqual({
      respondent: 'mentor',
      by: 'mentor',
      mode: 'form',
      safetyConcern: false,
      given: ['answers', 'notes'],
    });
    expect(entry?.texts).toEqual({
      'answers.going': '4',
      'answers.met': '3',
      'answers.goes_well': 'We  read \n together',
      notes: 'All is well',
    });
    expect(entry?.ref).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(api.woken).toEqual([false]);
  });

  test('K6 a concern, discomfort or a safety keyword goes first, and whoever told it is told that it was heard', async () => {
    const concern = await newPair();
    expect((await api.post(pathOf(concern), { safetyConcern: 'yes' }).expect(200)).text).toContain('seriously');
    const discomfort = await newPair();
    const mentee = pathOf(discomfort, { part: 'mentee' });
    await api.post(mentee, { safetyConcern: 'no', discomfort: 'yes' }).expect(200);
    const keyword = await newPair();
    await api.post(pathOf(keyword), { ...fine, notes: 'He said he wants to kill himself' }).expect(200);
    const entries = await Promise.all([concern, discomfort, keyword].map(async (pair) => (await api.journal(pair))[0]));
    expect(entries.map((entry) => entry?.urgent)).toEqual([true, true, true]);
    expect(entries.map((entry) => entry?.data)).toMatchObject([
      { safetyConcern: true },
      { safetyConcern: false, discomfort: true, respondent: 'mentee' },
      { safetyConcern: false, keyword: expect.stringMatching(/^[a-z_]+$/) },
    ]);
    expect(JSON.stringify(entries.map((entry) => entry?.data))).not.toContain('himself');
    expect(api.woken).toEqual([true, true, true]);
    const calm = await newPair();
    expect((await api.post(pathOf(calm), fine)).text).not.toContain('seriously');
  });

  test('K6 looks for the words of the program, where it has its own', async () => {
    await seedProgram(api.database, 'words', now, { policy: { checkIns: {}, safety: { keywords: ['red apple'] } } });
    const pair = await newPair('words');
    await api.post(pathOf(pair), { ...fine, 'answers.is_hard': 'RED  apple!' }).expect(200);
    expect((await api.journal(pair))[0]).toMatchObject({ urgent: true, data: { keyword: 'program' } });
  });

  test('K5 safety has to be answered: the form comes back with what was entered, and says what is missing', async () => {
    const pair = await newPair();
    const given = { 'answers.going': '2', 'answers.met': '7', notes: 'Some <words> & "more"' };
    const { text } = await api.post(pathOf(pair), given).expect(422);
    expect(text).toContain('<title>To correct: How is it going?</title>');
    expect(text).toMatch(/role="alert"[\s\S]*<a href="#f-safetyConcern">[^<]*Please answer this question<\/a>/);
    expect(text).toMatch(/id="f-safetyConcern"[^>]*aria-invalid="true"/);
    expect(fieldsOf(text)).toMatchObject({ 'answers.going': '2', 'answers.met': '7', safetyConcern: null });
    expect(text).toContain('Some &lt;words&gt; &amp; &quot;more&quot;');
    expect(await api.journal(pair)).toEqual([]);
    expect(api.woken).toEqual([]);
  });

  test('refuses what its own form never sends, and takes no field that it does not have', async () => {
    const pair = await newPair();
    const faulty = [
      { ...fine, safetyConcern: 'maybe' },
      { ...fine, 'answers.going': '6' },
      { ...fine, 'answers.met': '-1' },
      { ...fine, 'answers.met': '1e3' },
      { ...fine, notes: 'x'.repeat(5_001) },
      { ...fine, 'answers.is_hard': 'x'.repeat(1_001) },
      '',
      'garbage',
      '%%%&&==;;',
      '{"safetyConcern":false}',
    ];
    for (const fields of faulty) await api.post(pathOf(pair), fields).expect(422);
    expect(await api.journal(pair)).toEqual([]);
    const more = {
      ...fine,
      discomfort: 'yes',
      'answers.other': 'x',
      respondent: 'guardian',
      by: 'staff',
      mode: 'phone',
    };
    await api.post(pathOf(pair), more).expect(200);
    const [entry] = await api.journal(pair);
    expect(entry?.data).toMatchObject({ respondent: 'mentor', by: 'mentor', mode: 'form' });
    expect(entry?.data).not.toHaveProperty('discomfort');
    expect(entry?.texts).not.toHaveProperty('answers.other');
  });

  test('takes what fills its fields, whatever the letters, and nothing that a database cannot store', async () => {
    const long = await newPair();
    const lines = 'ñ\r\n'.repeat(2_500);
    await api.post(pathOf(long), { ...fine, notes: `${lines.slice(0, -2)}` }).expect(200);
    expect((await api.journal(long))[0]?.texts.notes).toHaveLength(4_999);
    const odd = await newPair();
    await api.post(pathOf(odd), 'safetyConcern=no&notes=a%00b%07c%F0%9F%98%80%ED%A0%80d').expect(200);
    expect((await api.journal(odd))[0]?.texts.notes).toMatch(/^abc😀�+d$/);
  });

  test('a body of 5 MB is refused before it is read, and another media type too', async () => {
    const pair = await newPair();
    expectProblem(await api.post(pathOf(pair), `safetyConcern=no&notes=${'x'.repeat(5_000_000)}`), 413, 'too-large');
    expectProblem(await api.post(pathOf(pair), '{}').type('application/json'), 415, 'unsupported-type');
    expect(await api.journal(pair)).toEqual([]);
  });

  test('what was entered is text in the page, wherever it turns up', async () => {
    const pair = await newPair();
    const evil = '"><script>alert(1)</script></textarea><img src=x onerror=alert(1)>';
    const fields = { 'answers.met': evil.slice(0, 40), 'answers.going': evil, notes: evil, safetyConcern: evil };
    const { text } = await api.post(pathOf(pair), fields).expect(422);
    expect(text).not.toMatch(/<script|<img|onerror=alert\(1\)>/);
  });
});

describe('one answer for each link', () => {
  test('E1 the same once more is one answer, whether later or at the same time', async () => {
    const pair = await newPair();
    const results = await Promise.all(Array.from({ length: 12 }, () => api.post(pathOf(pair), fine)));
    expect(results.map(({ status }) => status)).toEqual(Array(12).fill(200));
    api.clock.at = now + DAY;
    expect((await api.post(pathOf(pair), fine).expect(200)).text).toContain('Thank you');
    expect(await api.journal(pair)).toHaveLength(1);
    expect(api.woken).toEqual([false]);
  });

  test('another answer is 409 and keeps the first; of several at once one is kept', async () => {
    const pair = await newPair();
    const given = Array.from({ length: 8 }, (_, index) => ({ ...fine, notes: `Version ${index}` }));
    const results = await Promise.all(given.map((fields) => api.post(pathOf(pair), fields)));
    const statuses = results.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(7).fill(409)]);
    const kept = (await api.journal(pair)).map(({ texts }) => texts.notes);
    expect(kept).toHaveLength(1);
    expect(kept[0]).toBe(given[results.findIndex(({ status }) => status === 200)]?.notes);
    expect(results.find(({ status }) => status === 409)?.text).toContain('You have answered already');
    expect((await api.get(pathOf(pair)).expect(200)).text).toContain('We have your answers from this page already');
  });

  test('without the identity of the link, two answers would be two', async () => {
    const pair = await newPair();
    const answer = { type: 'checkin.recorded', data: {}, texts: {}, urgent: false } as const;
    for (const key of ['one', 'two']) {
      const times = { occurredAt: now, receivedAt: now, history: false, digest: 'same' };
      await recordTaken(
        api.database,
        `${pair}_mentor`,
        takenEntry({ pairId: pair, by: 'form', key, answer, ...times }),
      );
    }
    expect(await api.journal(pair)).toHaveLength(2);
  });

  test('K6 whoever answered already and is worried now is heard, once', async () => {
    const pair = await newPair();
    await api.post(pathOf(pair), fine).expect(200);
    const worried = { ...fine, safetyConcern: 'yes', notes: 'I have thought about it' };
    expect((await api.post(pathOf(pair), worried).expect(200)).text).toContain('seriously');
    await api.post(pathOf(pair), worried).expect(200);
    await api.post(pathOf(pair), { ...worried, notes: 'Another one' }).expect(200);
    await api.post(pathOf(pair), { ...fine, notes: 'No worry' }).expect(409);
    const entries = await api.journal(pair);
    expect(entries.map(({ urgent }) => urgent)).toEqual([false, true, true]);
    expect(api.woken).toEqual([false, true, true]);
    expect(JSON.stringify(entries.map(({ ref, eventId }) => [ref, eventId]))).not.toMatch(/concern|safety|urgent/);
  });

  test('K6 danger told on a form is heard although its time is over or something else on it is wrong', async () => {
    const late = await newPair();
    const expired = pathOf(late, { expires: now - 1 });
    await api.get(expired).expect(410);
    await api.post(expired, fine).expect(410);
    expect((await api.post(expired, { ...fine, notes: 'I want to kill myself' }).expect(200)).text).toContain(
      'seriously',
    );
    expect((await api.journal(late)).map(({ urgent, data }) => [urgent, data.keyword])).toEqual([[true, 'self_harm']]);

    const faulty = await newPair();
    const wrong = { 'answers.met': 'a few', safetyConcern: 'yes' };
    expect((await api.post(pathOf(faulty), wrong).expect(200)).text).toContain('seriously');
    await api.post(pathOf(faulty), { 'answers.met': 'a few', safetyConcern: 'no' }).expect(422);
    expect((await api.journal(faulty)).map(({ data, texts }) => [data.safetyConcern, texts['answers.met']])).toEqual([
      [true, 'a few'],
    ]);
  });

  test('each respondent of a check-in has a link of their own', async () => {
    const pair = await newPair();
    for (const part of ['mentor', 'mentee', 'guardian']) await api.post(pathOf(pair, { part }), fine).expect(200);
    const parts = (await api.journal(pair)).map(({ data }) => data.respondent);
    expect(parts).toEqual(['mentor', 'mentee', 'guardian']);
  });
});

describe('links that do not work', () => {
  test('a link that was guessed, changed, cut, signed for something else or by somebody else is 404 and says nothing', async () => {
    const pair = await newPair();
    const path = pathOf(pair);
    const subject = readResponseToken(signer, path.slice('/responses/'.length));
    if (!subject) throw new Error('the link of the test is none');
    const [payload = ''] = path.slice('/responses/'.length).split('.');
    const altered = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('mentor', 'mentee')).toString(
      'base64url',
    );
    const links = [
      `${path}x`,
      path.slice(0, -3),
      `/responses/${payload}`,
      `/responses/${altered}.${path.split('.')[1]}`,
      '/responses/guess',
      `/responses/${signer.sign('preferences', `c/${pair}/${pair}_mentor/zzzzzz/2026-11-22/mentor`)}`,
      `/responses/${signer.sign('response', 'q/a/b/zzzzzz/c')}`,
      `/responses/${responseToken(createSigner('another key'), subject)}`,
      pathOf(pair, { personId: 'nobody' }),
      pathOf('no_pair', { personId: `${pair}_mentor` }),
      pathOf(pair, { personId: `${pair}_mentee` }),
      pathOf(await newPair(), { personId: `${pair}_mentor` }),
    ];
    for (const link of links) {
      for (const response of [await api.get(link), await api.post(link, fine)]) {
        expect(response.status, link).toBe(404);
        expect(response.text).toContain('This link does not work');
        expect(response.text).not.toMatch(/maya|mentor|kit|elm/i);
      }
    }
    expect(await api.journal(pair)).toEqual([]);
  });

  test('an expired link is 410, kind, and names nobody', async () => {
    const pair = await newPair();
    const path = pathOf(pair, { expires: now + 1000 });
    await api.get(path).expect(200);
    api.clock.at = now + 1000;
    for (const response of [await api.get(path), await api.post(path, fine)]) {
      expect(response.status).toBe(410);
      expect(response.text).toContain('Your answer is still welcome');
      expect(response.text).not.toMatch(/maya|kit|elm/i);
    }
    expect(await api.journal(pair)).toEqual([]);
  });

  test('of somebody who was erased, and of a guardian who is none any more, nothing is left', async () => {
    const pair = await newPair();
    const path = pathOf(pair, { part: 'guardian' });
    await execute(api.database, 'update people set guardian_id = null where id = $1', `${pair}_mentee`);
    await api.get(path).expect(404);
    await api.post(path, fine).expect(404);
    await api.post(pathOf(pair), fine).expect(200);
    const erased = await erasePerson(api.database, { id: `${pair}_mentor`, programIds: null, now });
    expect(erased.outcome).toBe('erased');
    await api.get(pathOf(pair)).expect(404);
    await api.post(pathOf(pair), fine).expect(404);
    const left = await api.journal(pair);
    expect(left.filter(({ type }) => type === 'checkin.recorded').map(({ texts }) => texts)).toEqual([{}]);
    // Whoever is left is still asked about somebody, without a name.
    expect((await api.get(pathOf(pair, { part: 'mentee' })).expect(200)).text).toContain(
      'how it is going with your mentor',
    );
  });

  test('K6 the pair may have ended: who has the link is heard all the same', async () => {
    const pair = await newPair();
    await execute(api.database, `update pairs set state = 'closed', completed_at = now() where id = $1`, pair);
    await api.post(pathOf(pair, { part: 'mentee' }), { safetyConcern: 'yes' }).expect(200);
    expect((await api.journal(pair))[0]).toMatchObject({ urgent: true, state: 'recorded' });
  });

  test('whoever asks for one page more than 60 times a minute waits', async () => {
    const path = pathOf(await newPair());
    for (let time = 0; time < 60; time++) await api.get(path).expect(200);
    expectProblem(await api.get(path), 429, 'too-many-requests');
    await api.get(pathOf(await newPair())).expect(200);
  });

  test('a link of usual ids fits into a text', () => {
    const subject = {
      kind: 'check-in',
      of: 'pair_17',
      personId: 'per_mentor_9',
      occasion: '2026-11-18/mentor',
    } as const;
    expect(`/responses/${responseToken(signer, { ...subject, expires: now })}`.length).toBeLessThan(120);
    expect(responseToken(signer, { ...subject, expires: now })).toBe(
      responseToken(signer, { ...subject, expires: now }),
    );
  });
});

describe('the forms of surveys', () => {
  const survey = (pair: string, kind: 'survey' | 'meeting-survey' | 'exit-survey', part = 'mentee') =>
    pathOf(pair, { kind, part });

  test('S2 a survey is one mark from 1 to 5, and a comment', async () => {
    const pair = await newPair();
    const path = survey(pair, 'survey');
    expect(Object.keys(fieldsOf((await api.get(path).expect(200)).text)).sort()).toEqual(['comment', 'score']);
    await api.post(path, { comment: 'no mark' }).expect(422);
    await api.post(path, { score: '0' }).expect(422);
    await api.post(path, { score: '2', comment: 'It is hard' }).expect(200);
    await api.post(path, { score: '2', comment: 'It is hard' }).expect(200);
    await api.post(path, { score: '5' }).expect(409);
    const [entry, ...others] = await api.journal(pair);
    expect(others).toEqual([]);
    expect(entry?.type).toBe('survey.answered');
    expect(entry?.data).toEqual({ by: 'mentee', instrument: 'mqs', score: 2, scale: 5, given: ['comment'] });
    expect(entry?.texts).toEqual({ comment: 'It is hard' });
    expect(entry?.eventId).toMatch(/^survey\.answered:form:ans_[0-9a-f]{32}$/);
  });

  test('S2 after a meeting, and at the end, another instrument is asked', async () => {
    const pair = await newPair();
    await api.post(survey(pair, 'meeting-survey'), { score: '3' }).expect(200);
    await api
      .post(pathOf(pair, { kind: 'exit-survey', occasion: 'closed/exit-survey/mentee', part: 'mentee' }), {
        score: '5',
      })
      .expect(200);
    await api
      .post(pathOf(pair, { kind: 'exit-survey', occasion: 'closed/exit-survey/mentor' }), { score: '4' })
      .expect(200);
    const given = (await api.journal(pair)).map(({ data }) => [data.by, data.instrument, data.score]);
    expect(given).toEqual([
      ['mentee', 'post_meeting', 3],
      ['mentee', 'exit', 5],
      ['mentor', 'exit', 4],
    ]);
  });

  test('K6 a safety keyword in a comment goes first', async () => {
    const pair = await newPair();
    await api.post(survey(pair, 'survey'), { score: '1', comment: 'I want to kill myself' }).expect(200);
    expect((await api.journal(pair))[0]).toMatchObject({ urgent: true, data: { keyword: expect.any(String) } });
    expect(api.woken).toEqual([true]);
  });

  test('K6 a comment in which danger is spoken of is heard without a mark too, and staff can read it', async () => {
    const pair = await newPair();
    for (let time = 0; time < 2; time++) {
      const sent = await api.post(survey(pair, 'survey'), { comment: 'I want to kill myself' }).expect(200);
      expect(sent.text).toContain('seriously');
    }
    const sql = `
      select c.state, e.text from cases c join case_entries e on e.case_id = c.id
      where c.kind = 'safety' and c.pair_id = $1 and e.text is not null`;
    expect(await queryRows(api.database, sql, pair)).toEqual([{ state: 'open', text: 'I want to kill myself' }]);
    expect((await api.journal(pair)).map(({ type }) => type)).toEqual(['case.opened']);
  });
});

describe('the form on going on with a program', () => {
  const path = (personId: string, programId = 'cohort') =>
    pathOf(programId, { kind: 'enrolment', personId, occasion: '2026-12-18/cohort-opt-out' });
  const stateOf = async (personId: string) => {
    const sql = 'select state from enrolments where person_id = $1';
    return (await queryRows<{ state: string }>(api.database, sql, personId))[0]?.state;
  };

  test('S9 whoever opens it chooses nothing; a choice holds, and can be changed while the link does', async () => {
    await seedProgram(api.database, 'cohort', now, { policy: { lifecycle: {} } });
    const pair = await newPair('cohort');
    const mentor = `${pair}_mentor`;
    await execute(api.database, `update enrolments set state = 'unconfirmed' where person_id = $1`, mentor);
    const { text } = await api.get(path(mentor)).expect(200);
    expect(fieldsOf(text)).toEqual({ choice: null });
    expect(await stateOf(mentor)).toBe('unconfirmed');
    await api.post(path(mentor), {}).expect(422);
    await api.post(path(mentor), { choice: 'removed' }).expect(422);
    await api.post(path(mentor), { choice: 'confirm' }).expect(200);
    expect(await stateOf(mentor)).toBe('active');
    await api.post(path(mentor), { choice: 'optOut' }).expect(200);
    expect(await stateOf(mentor)).toBe('optedOut');
    await execute(api.database, `update enrolments set state = 'removed' where person_id = $1`, mentor);
    await api.post(path(mentor), { choice: 'confirm' }).expect(404);
    expect(await stateOf(mentor)).toBe('removed');
    await api.get(path(`${pair}_guardian`)).expect(404);
  });
});
