import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CalendarOptions, readCalendar } from '../../api/schemas/icalendar.ts';
import { CalendarFault } from '../../api/schemas/icalendar-fault.ts';

const options: CalendarOptions = {
  zone: null,
  fallbackZone: 'America/Chicago',
  endsOn: null,
  now: Date.parse('2026-09-01T12:00:00Z'),
};

function calendar(events: string[][], head: string[] = []): string {
  const body = events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...head, ...body, 'END:VCALENDAR', ''].join('\r\n');
}

function read(events: string[][], given: Partial<CalendarOptions> = {}, head: string[] = []) {
  const { zone, sessions } = readCalendar(calendar(events, head), { ...options, ...given });
  return {
    zone,
    sessions,
    lines: sessions.map(({ date, start, state }) => `${date} ${start}${state === 'held' ? '' : ` ${state}`}`),
  };
}

function faultsOf(text: string, given: Partial<CalendarOptions> = {}): string[] {
  try {
    readCalendar(text, { ...options, ...given });
  } catch (error) {
    if (error instanceof CalendarFault) return error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
    throw error;
  }
  return [];
}

const inNewYork = (name: string, value: string) => `${name};TZID=America/New_York:${value}`;
const weekly = ['UID:class@example.org', inNewYork('DTSTART', '20261021T090000'), 'RRULE:FREQ=WEEKLY;COUNT=4'];

describe('calendars as iCalendar', () => {
  test('V8 a weekly class keeps its local time when the clocks change', () => {
    expect(read([weekly])).toMatchObject({
      zone: 'America/New_York',
      lines: ['2026-10-21 09:00', '2026-10-28 09:00', '2026-11-04 09:00', '2026-11-11 09:00'],
    });
  });

  test('V8 times in UTC and in other zones come in the zone of the class', () => {
    const utc = ['UID:u', 'DTSTART:20261029T010000Z', 'RRULE:FREQ=WEEKLY;COUNT=2'];
    expect(read([utc], { zone: 'America/New_York' }).lines).toEqual(['2026-10-28 21:00', '2026-11-04 20:00']);
    const london = ['UID:l', 'DTSTART;TZID=Europe/London:20261028T140000'];
    expect(read([london], { zone: 'America/New_York' }).lines).toEqual(['2026-10-28 10:00']);
  });

  test('a floating time takes the zone that is named, else that of the calendar, else that of the program', () => {
    const floating = ['UID:f', 'DTSTART:20261021T090000'];
    expect(read([floating])).toMatchObject({ zone: 'America/Chicago', lines: ['2026-10-21 09:00'] });
    expect(read([floating], {}, ['X-WR-TIMEZONE:Europe/Paris']).zone).toBe('Europe/Paris');
    expect(read([floating], { zone: 'Asia/Tokyo' })).toMatchObject({ zone: 'Asia/Tokyo', lines: ['2026-10-21 09:00'] });
  });

  test.each([
    ['America/New_York', 'America/New_York'],
    ['/example.org/20260101/America/New_York', 'America/New_York'],
    ['Eastern Standard Time', 'America/New_York'],
    ['Local', 'America/Denver'],
  ])('the zone named %s is %s', (tzid, zone) => {
    const timezone = ['BEGIN:VTIMEZONE', 'TZID:Local', 'X-LIC-LOCATION:America/Denver', 'END:VTIMEZONE'];
    expect(read([['UID:z', `DTSTART;TZID=${tzid}:20261021T090000`]], {}, timezone).zone).toBe(zone);
  });

  test('W15 a moved session keeps its id, an excluded or cancelled one is cancelled', () => {
    const before = read([weekly]).sessions;
    const series = [...weekly, inNewYork('EXDATE', '20261104T090000')];
    const moved = [
      'UID:class@example.org',
      inNewYork('RECURRENCE-ID', '20261028T090000'),
      inNewYork('DTSTART', '20261029T100000'),
    ];
    const off = [
      'UID:class@example.org',
      'RECURRENCE-ID:20261111T140000Z',
      inNewYork('DTSTART', '20261111T090000'),
      'STATUS:CANCELLED',
    ];
    const after = read([series, moved, off]);
    expect(after.lines).toEqual([
      '2026-10-21 09:00',
      '2026-10-29 10:00',
      '2026-11-04 09:00 cancelled',
      '2026-11-11 09:00 cancelled',
    ]);
    expect(after.sessions.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    for (const { id } of before) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });

  test('W15 a single event keeps its id on whatever date, and shares it with no other', () => {
    const on = (uid: string, date: string) => read([[`UID:${uid}`, `DTSTART:${date}T090000`]]).sessions[0]?.id;
    expect(on('one', '20261021')).toBe(on('one', '20261022'));
    expect(on('one', '20261021')).not.toBe(on('two', '20261021'));
  });

  test.each([
    ['FREQ=WEEKLY;UNTIL=20261028T130000Z', ['2026-10-21', '2026-10-28']],
    ['FREQ=WEEKLY;UNTIL=20261028T125959Z', ['2026-10-21']],
    ['FREQ=WEEKLY;UNTIL=20261028', ['2026-10-21', '2026-10-28']],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4', ['2026-10-21', '2026-11-02', '2026-11-04', '2026-11-16']],
    ['FREQ=MONTHLY;BYDAY=-1FR;COUNT=2', ['2026-10-30', '2026-11-27']],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2', ['2026-10-30', '2026-11-30']],
    ['FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2', ['2026-10-31', '2026-12-31']],
    ['FREQ=MONTHLY;COUNT=2', ['2026-10-21', '2026-11-21']],
    ['FREQ=DAILY;INTERVAL=3;COUNT=2', ['2026-10-21', '2026-10-24']],
    ['FREQ=YEARLY;COUNT=2', ['2026-10-21', '2027-10-21']],
    ['FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,WE;COUNT=3', ['2026-10-21', '2026-11-01', '2026-11-04']],
    ['FREQ=DAILY;INTERVAL=7;BYDAY=TU', []],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', []],
  ])('the rule %s', (rule, dates) => {
    const events = [['UID:r', 'DTSTART;TZID=Europe/Paris:20261021T140000', `RRULE:${rule}`]];
    expect(read(events).sessions.map(({ date }) => date)).toEqual(dates);
  });

  test('a rule without an end is followed to endsOn, or for two years', () => {
    const endless = ['UID:e', inNewYork('DTSTART', '20260902T090000'), 'RRULE:FREQ=WEEKLY'];
    expect(read([endless], { endsOn: '2026-09-16' }).lines).toEqual([
      '2026-09-02 09:00',
      '2026-09-09 09:00',
      '2026-09-16 09:00',
    ]);
    expect(read([endless]).lines.at(-1)).toBe('2028-08-30 09:00');
  });

  test('added dates are sessions', () => {
    const rdate = inNewYork('RDATE', '20261023T100000,20261024T110000');
    const added = ['UID:a', inNewYork('DTSTART', '20261021T090000'), rdate];
    expect(read([added]).lines).toEqual(['2026-10-21 09:00', '2026-10-23 10:00', '2026-10-24 11:00']);
  });

  test.each<[string, string[][], string]>([
    [
      'an all-day event',
      [['UID:d', 'DTSTART;VALUE=DATE:20261118']],
      '/VEVENT/0/DTSTART an all-day event has no start time',
    ],
    [
      'two sessions on a date',
      [
        ['UID:a', 'DTSTART:20261118T090000'],
        ['UID:b', 'DTSTART:20261118T100000'],
      ],
      '/VEVENT/1/DTSTART a second session on 2026-11-18',
    ],
    [
      'an unknown zone',
      [['UID:z', 'DTSTART;TZID=Mars/Base:20261118T090000']],
      '/VEVENT/0/DTSTART TZID is not an IANA zone',
    ],
    ['no UID', [['DTSTART:20261118T090000']], '/VEVENT/0/UID is missing'],
    ['no start', [['UID:a']], '/VEVENT/0/DTSTART is missing'],
    ['a date that is none', [['UID:a', 'DTSTART:20261345T990000']], '/VEVENT/0/DTSTART is not a date'],
    [
      'two series of one UID',
      [
        ['UID:a', 'DTSTART:20261118T090000'],
        ['UID:a', 'DTSTART:20261119T090000'],
      ],
      '/VEVENT/1/UID is also',
    ],
    [
      'a class every second',
      [['UID:s', 'DTSTART:20261118T090000', 'RRULE:FREQ=SECONDLY']],
      '/VEVENT/0/RRULE FREQ must be one of',
    ],
    [
      'hours in a rule',
      [['UID:s', 'DTSTART:20261118T090000', 'RRULE:FREQ=DAILY;BYHOUR=9,10']],
      '/VEVENT/0/RRULE BYHOUR',
    ],
    ['a whole century', [['UID:s', 'DTSTART:20000101T090000', 'RRULE:FREQ=DAILY']], ' more than 1000 sessions'],
    ['no event', [], ' holds no VEVENT'],
  ])('E3 refuses %s and says what to do', (_, events, expected) => {
    expect(faultsOf(calendar(events))).toEqual([expect.stringContaining(expected)]);
  });

  test('E3 refuses what is no calendar', () => {
    for (const text of ['', 'hello', 'BEGIN:VCALENDAR', 'BEGIN:VCARD\r\nEND:VCARD', calendar([weekly]).repeat(2)]) {
      expect(faultsOf(text)).toHaveLength(1);
    }
  });

  test('rules that never match, in any number, are given up in bounded time', () => {
    const rule = 'RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=TU';
    const events = Array.from({ length: 1500 }, (_, index) => [`UID:${index}`, 'DTSTART:20260907T090000', rule]);
    const began = performance.now();
    expect(faultsOf(calendar(events))).toEqual([
      ' more than 1000 sessions: end the rule with UNTIL or COUNT, or give endsOn',
    ]);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('no text whatever is read as anything but a calendar or its faults', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'BEGIN:VEVENT',
        'END:VEVENT',
        'UID:a',
        'UID:b',
        'DTSTART:20261118T090000',
        'DTSTART;TZID=:x',
        'RRULE:',
        'STATUS:CANCELLED',
        'METHOD:CANCEL',
      ),
      fc.constantFrom(
        'EXDATE;VALUE=DATE:20261118',
        'RDATE;VALUE=PERIOD:20261118T090000Z/PT1H',
        'RECURRENCE-ID:20261118T090000',
        'RECURRENCE-ID;VALUE=DATE:20261118',
      ),
      fc
        .tuple(
          fc.constantFrom('DTSTART', 'RRULE', 'EXDATE', 'UID', 'SEQUENCE', 'FREQ=WEEKLY'),
          fc.constantFrom(':', ';', '=', ';TZID='),
          fc.string(),
        )
        .map((parts) => parts.join('')),
      fc
        .tuple(
          fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
          fc.constantFrom('BYDAY', 'BYMONTHDAY', 'BYMONTH', 'BYSETPOS', 'INTERVAL', 'COUNT', 'UNTIL'),
          fc.oneof(fc.integer().map(String), fc.constantFrom('MO', '-1FR', '5SU', '20261118', '20261118T090000Z')),
        )
        .map(([freq, part, value]) => `RRULE:FREQ=${freq};${part}=${value}`),
    );
    fc.assert(
      fc.property(fc.array(fc.array(line)), (events) => {
        faultsOf(calendar(events));
        faultsOf(calendar(events.map((lines) => ['UID:a', 'DTSTART:20261118T090000', ...lines])));
      }),
      { numRuns: 300 },
    );
  });
});
