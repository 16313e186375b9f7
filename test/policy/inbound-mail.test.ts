import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AddressedCase,
  addressedCases,
  type InboundMail,
  outreachAddress,
  readOutreach,
  readUnaddressed,
} from '../../policy/delivery/inbound-mail.ts';

const domain = 'in.example.org';
const caseId = 'case_0123456789abcdef0123456789abcdef';

const mail: InboundMail = {
  whole: true,
  envelope: { from: 'kim@school.example', to: [outreachAddress(caseId, domain)] },
  from: ['kim@school.example'],
  to: ['rosa@mail.example'],
  spf: 'pass',
  dkim: [],
  automatic: false,
};

const escalation: AddressedCase = {
  caseId,
  kind: 'escalation',
  state: 'open',
  pairId: 'pair_17',
  staff: [
    { personId: 'per_pc', email: 'Kim@School.example' },
    { personId: 'per_sup', email: 'sam@school.example' },
    { personId: 'per_pc_2', email: null },
  ],
  participants: ['per_mentor', 'per_mentee'],
  mentorEmail: 'Rosa@mail.example',
};

interface Given {
  mail?: Partial<InboundMail>;
  addressed?: Partial<AddressedCase> | null;
  holders?: string[];
}

function read(given: Given = {}): string {
  const addressed = given.addressed === null ? null : { ...escalation, ...given.addressed };
  const reading = readOutreach({ ...mail, ...given.mail }, addressed, given.holders ?? ['per_pc'], domain);
  return reading.reading === 'outreach' ? `outreach ${reading.by}` : Object.values(reading).join(' ');
}

const spfOf = (from: string, result = 'pass') => ({ envelope: { from, to: mail.envelope?.to ?? [] }, spf: result });
const dkimOf = (...results: string[]) => ({
  ...spfOf('bounce@esp.example'),
  dkim: results.map((result) => ({ domain: result.split(':')[0] ?? '', result: result.split(':')[1] ?? '' })),
});

const table: Array<[what: string, given: Given, reading: string]> = [
  ['the coordinator to the mentor', {}, 'outreach per_pc'],
  ['the supervisor', { mail: { from: ['sam@school.example'] }, holders: ['per_sup'] }, 'outreach per_sup'],
  ['an acknowledged case', { addressed: { state: 'acknowledged' } }, 'outreach per_pc'],
  ['a mentor whose address is not known', { addressed: { mentorEmail: null } }, 'outreach per_pc'],
  ['the mentor in another spelling', { mail: { to: ['ROSA@MAIL.EXAMPLE'] } }, 'outreach per_pc'],
  ['the mentor among others', { mail: { to: ['a@b.example', 'rosa@mail.example'] } }, 'outreach per_pc'],
  ['SPF for a domain below', { mail: spfOf('b@bounce.school.example') }, 'outreach per_pc'],
  ['DKIM alone', { mail: dkimOf('school.example:pass') }, 'outreach per_pc'],
  ['DKIM by two signers', { mail: dkimOf('esp.example:pass', 'School.Example:pass') }, 'outreach per_pc'],
  ['a posting that broke off', { mail: { whole: false } }, 'doubtful unreadable'],
  ['no such case', { addressed: null }, 'doubtful unknown_case'],
  ['another kind of case', { addressed: { kind: 'safety' } }, 'doubtful not_an_escalation'],
  ['an escalation of a person alone', { addressed: { pairId: null } }, 'doubtful not_an_escalation'],
  ['a resolved case', { addressed: { state: 'resolved' } }, 'doubtful case_closed'],
  ['a withdrawn case', { addressed: { state: 'withdrawn' } }, 'doubtful case_closed'],
  ['an automatic reply', { mail: { automatic: true } }, 'doubtful automatic_reply'],
  ['an unreadable From', { mail: { from: null } }, 'doubtful sender_unclear'],
  ['no From', { mail: { from: [] } }, 'doubtful sender_unclear'],
  ['two senders', { mail: { from: ['kim@school.example', 'x@evil.example'] } }, 'doubtful sender_unclear'],
  ['somebody else', { mail: { from: ['x@school.example'] }, holders: [] }, 'doubtful sender_not_staff'],
  ['staff of another pair', { holders: ['per_other'] }, 'doubtful sender_not_staff'],
  ['letters that only look alike', { mail: { from: ['\u212Aim@school.example'] } }, 'doubtful sender_not_staff'],
  ['an address of two people', { holders: ['per_pc', 'per_x'] }, 'doubtful sender_shares_address'],
  ['an address that nobody has any more', { holders: [] }, 'doubtful sender_shares_address'],
  [
    'a coordinator who is the mentor',
    { addressed: { participants: ['per_pc', 'per_mentee'] } },
    'doubtful sender_is_participant',
  ],
  ['SPF for a stranger', { mail: spfOf('x@evil.example') }, 'doubtful not_authenticated'],
  ['SPF that failed', { mail: spfOf('kim@school.example', 'softfail') }, 'doubtful not_authenticated'],
  ['SPF for a name that only ends alike', { mail: spfOf('x@evilschool.example') }, 'doubtful not_authenticated'],
  ['SPF for a top-level domain', { mail: spfOf('x@example') }, 'doubtful not_authenticated'],
  ['SPF for an address with two @', { mail: spfOf('x@evil.example@school.example') }, 'doubtful not_authenticated'],
  ['DKIM of a stranger', { mail: dkimOf('evil.example:pass') }, 'doubtful not_authenticated'],
  ['DKIM that failed', { mail: dkimOf('school.example:fail') }, 'doubtful not_authenticated'],
  ['DKIM with a made-up domain', { mail: dkimOf('school.example:pass', 'x:fail') }, 'doubtful not_authenticated'],
  ['DKIM of a top-level domain', { mail: dkimOf('example:pass') }, 'doubtful not_authenticated'],
  ['nobody in To and Cc', { mail: { to: [] } }, 'doubtful no_other_recipient'],
  ['unreadable recipients', { mail: { to: null } }, 'doubtful no_other_recipient'],
  ['Tandem alone', { mail: { to: [outreachAddress(caseId, 'IN.example.org')] } }, 'doubtful no_other_recipient'],
  ['others than the mentor', { mail: { to: ['someone@mail.example'] } }, 'doubtful not_to_mentor'],
];

describe('outreach by mail', () => {
  it.each(table)('W9 %s', (_what, given, reading) => {
    expect(read(given)).toBe(reading);
  });

  it('W9 the case is named by a recipient of the envelope, in any spelling, and by no other domain', () => {
    const to = (...recipients: string[]) =>
      addressedCases({ ...mail, envelope: { from: 'a@b.example', to: recipients } }, domain);
    expect(to(`Outreach+${caseId.toUpperCase()}@IN.EXAMPLE.ORG`)).toEqual([caseId]);
    expect(to(outreachAddress('case_a', domain), outreachAddress('case_a', domain))).toEqual(['case_a']);
    expect(to(outreachAddress('case_a', domain), 'x@y.example', outreachAddress('case_b', domain))).toEqual([
      'case_a',
      'case_b',
    ]);
    for (const other of [
      outreachAddress(caseId, 'evil.example'),
      outreachAddress(caseId, `${domain}.evil.example`),
      `outreach@${domain}`,
      `outreach+@${domain}`,
      `outreach+a b@${domain}`,
      `outreach+a@x@${domain}`,
      `"outreach+a"@${domain}`,
      '',
    ]) {
      expect(to(other)).toEqual([]);
    }
    expect(addressedCases({ ...mail, envelope: null }, domain)).toEqual([]);
  });

  it('W9 a bounce and mail without a case are ignored; without an envelope, or with too many cases, it is for a person', () => {
    const bounce = { ...mail, envelope: { from: '', to: [outreachAddress(caseId, domain)] } };
    expect(readUnaddressed(bounce, [caseId])).toEqual({ reading: 'ignored', reason: 'bounce' });
    expect(readUnaddressed(mail, [])).toEqual({ reading: 'ignored', reason: 'no_case' });
    expect(readUnaddressed({ ...mail, envelope: null }, [])).toEqual({ reading: 'doubtful', doubt: 'unreadable' });
    const many = Array.from({ length: 21 }, (_, index) => `case_${index}`);
    expect(readUnaddressed(mail, many)).toEqual({ reading: 'doubtful', doubt: 'too_many_cases' });
    expect(readUnaddressed(mail, many.slice(1))).toBeNull();
  });
});

const addresses = [
  'kim@school.example',
  'sam@school.example',
  'x@school.example',
  'x@evil.example',
  'rosa@mail.example',
];
const domains = ['school.example', 'mail.school.example', 'evil.example', 'evilschool.example', 'example', ''];
const results = ['pass', 'fail', 'softfail', 'none'];
const anyAddress = fc.constantFrom(...addresses);
/** As it should be, or now and then anything. */
const mostly = <T>(right: T, any: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: any });

const anyEnvelopeSender = fc.oneof(
  anyAddress,
  fc.constantFrom(...domains).map((name) => `b@${name}`),
  fc.constant(''),
);
const anyMail: fc.Arbitrary<InboundMail> = fc.record({
  whole: mostly(true, fc.boolean()),
  envelope: fc.option(
    mostly('kim@school.example', anyEnvelopeSender).map((from) => ({ from, to: mail.envelope?.to ?? [] })),
    { freq: 20 },
  ),
  from: mostly<InboundMail['from']>(mail.from, fc.option(fc.array(anyAddress, { maxLength: 2 }))),
  to: mostly<InboundMail['to']>(mail.to, fc.option(fc.array(anyAddress, { maxLength: 2 }))),
  spf: mostly<string | null>('pass', fc.option(fc.constantFrom(...results))),
  dkim: fc.array(fc.record({ domain: fc.constantFrom(...domains), result: fc.constantFrom(...results) }), {
    maxLength: 2,
  }),
  automatic: mostly(false, fc.boolean()),
});
const anyCase: fc.Arbitrary<AddressedCase> = fc.record({
  caseId: fc.constant(caseId),
  kind: mostly('escalation', fc.constant('safety')),
  state: fc.constantFrom('open', 'acknowledged', 'resolved', 'withdrawn'),
  pairId: mostly<string | null>('pair_17', fc.constant(null)),
  staff: mostly(escalation.staff, fc.constant([])),
  participants: mostly(escalation.participants, fc.constant(['per_pc'])),
  mentorEmail: fc.constantFrom('rosa@mail.example', null),
});
const anyHolders = mostly(['per_pc'], fc.constantFrom<string[]>(['per_sup'], ['per_pc', 'per_x'], []));

/** Whether an address was proven to be a person's own, said in another way than the rule says it. */
function isProven({ envelope, from, spf, dkim }: InboundMail, personId: string): boolean {
  const school = /^(mail\.)?school\.example$/;
  const own = { per_pc: 'kim@school.example', per_sup: 'sam@school.example' }[personId];
  const bySpf = spf === 'pass' && school.test(envelope?.from.split('@')[1] ?? '');
  const byDkim = dkim.some((signature) => signature.result === 'pass' && school.test(signature.domain));
  return own !== undefined && from?.join() === own && (bySpf || byDkim);
}

describe('outreach by mail, whatever comes', () => {
  it('W9 nothing without an aligned pass and the own address of one of their staff is ever outreach', () => {
    let outreach = 0;
    fc.assert(
      fc.property(anyMail, fc.option(anyCase), anyHolders, (given, addressed, holders) => {
        const reading = readOutreach(given, addressed, holders, domain);
        if (reading.reading !== 'outreach') return;
        outreach++;
        expect(holders).toEqual([reading.by]);
        expect(isProven(given, reading.by)).toBe(true);
        expect(given).toMatchObject({ whole: true, automatic: false });
        expect(addressed).toMatchObject({ kind: 'escalation', pairId: 'pair_17' });
        expect(['open', 'acknowledged']).toContain(addressed?.state);
      }),
      { numRuns: 20_000 },
    );
    expect(outreach).toBeGreaterThan(500);
  });
});
