import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSimulationFiles } from '../../bin/simulate/files.ts';
import { lineOf } from '../../bin/simulate/position.ts';
import { paths } from './iowa-city.ts';

const directory = mkdtempSync(join(tmpdir(), 'tandem-simulate-'));

/** What reading says when one file is changed. */
function faultsWith(name: keyof typeof paths, change: (text: string) => string): string {
  const file = join(directory, `${name}.txt`);
  writeFileSync(file, change(readFileSync(paths[name], 'utf8')));
  try {
    readSimulationFiles({ ...paths, [name]: file });
    return '';
  } catch (error) {
    return (error as Error).message.replaceAll(`${directory}/`, '');
  }
}

describe('the files of a simulation', () => {
  it('are read without a fault as they ship', () => {
    for (const name of Object.keys(paths) as Array<keyof typeof paths>)
      expect(faultsWith(name, (text) => text)).toBe('');
  });

  it('a fault names the file, the line and the JSON pointer', () => {
    expect(faultsWith('people', (text) => text.replace('Europe/Berlin', 'Europe/Bonn'))).toMatch(
      /^people\.txt:8 \/6\/zone: /,
    );
    expect(faultsWith('program', (text) => text.replace('"classWeek": {}', '"classWeek": {"speed": 1}'))).toMatch(
      /^program\.txt:\d+ \/policy\/classWeek: /,
    );
    expect(faultsWith('events', (text) => text.replace('"tandem.week.excused"', '"tandem.week.exused"'))).toMatch(
      /^events\.txt:\d+ \/type: No event type/,
    );
  });

  it('what is not JSON is told with its line', () => {
    expect(faultsWith('calendar', (text) => text.replace('"start": "10:00", ', '"start" "10:00", '))).toBe(
      'calendar.txt:7 is not JSON',
    );
  });

  it('an unknown person, class or pair and an id used twice are faults', () => {
    expect(faultsWith('program', (text) => text.replace('staff_omar', 'staff_nobody'))).toContain(
      '/staff/operations: Nobody',
    );
    expect(faultsWith('events', (text) => text.replace('"class_wed"', '"class_thu"'))).toContain(
      '/data/classId: No class',
    );
    expect(faultsWith('events', (text) => text.replace('"subject": "pair_ada"', '"subject": "pair_zoe"'))).toContain(
      '/subject: No pair',
    );
    expect(faultsWith('events', (text) => `${text}${text.split('\n')[0]?.replace('12:00', '12:01')}\n`)).toContain(
      '/id: An event with other content',
    );
  });

  it('all faults are told at once', () => {
    expect(faultsWith('people', (text) => text.replaceAll('"name"', '"nme"')).split('\n').length).toBeGreaterThan(20);
  });

  it('a line is found at any depth, and for what is missing its parent’s', () => {
    const text = '{\n "a": [1, {"b\\"c":\n  [true]}],\n "d": "}"\n}';
    expect(lineOf(text, ['a', 1, 'b"c', 0])).toBe(3);
    expect(lineOf(text, ['d'])).toBe(4);
    expect(lineOf(text, ['a', 1, 'none'])).toBe(2);
  });
});
