import type { SimulationPaths } from '../../bin/simulate/files.ts';
import { paths as iowaCity } from '../simulate/iowa-city.ts';

/** A term that is lived twice. */
export interface Scenario {
  title: string;
  paths: SimulationPaths;
  /** What its timeline must hold, so that it goes on showing what it was written for. */
  shows: RegExp[];
}

function filesOf(name: string): SimulationPaths {
  const file = (part: string): string => new URL(`scenarios/${name}/${part}`, import.meta.url).pathname;
  return {
    program: file('program.json'),
    people: file('people.json'),
    calendar: file('calendar.json'),
    events: file('events.ndjson'),
  };
}

/** Terms of a school year. */
export const longTerms: Scenario[] = [
  {
    title: 'a class in Iowa City',
    paths: iowaCity,
    shows: [/escalation-flag/, /focus-digest/],
  },
  {
    // The mail's time, 02:30 on a Sunday, is in the hour that a clock change leaves out or repeats.
    title: 'a class in New York over every clock change of a year, with mentors in Honolulu and Auckland',
    paths: filesOf('clock-changes'),
    shows: [
      /T20:30\tmentor_hana\temail/,
      /T07:00\tmentor_hana\temail/,
      /T10:00\tmentor_hana\tsms/,
      /T11:00\tmentor_hana\tsms/,
      /T09:00\tmentor_aroha\tsms/,
      /T10:00\tmentor_aroha\tsms/,
      /T20:00\tmentor_aroha\temail/,
    ],
  },
];

/** Terms in which much happens to pairs, classes, people and the program. */
export const eventfulTerms: Scenario[] = [
  {
    title: 'late, early, repeated, retracted and excused facts, a cancelled, a moved and an unknown session',
    paths: filesOf('facts-and-sessions'),
    shows: [
      /class-reminder\tregular\tskipped\twithdrawn/,
      /sms\tclass-reminder\tmissed-week\tskipped\texpired/,
      /escalation-withdrawn\t-\tsent/,
      /task\t-\tsent/,
      /task\t-\tskipped\tunreachable/,
    ],
  },
  {
    title: 'escalations that are reached out to, resumed, resolved, completed, withdrawn and made again',
    paths: filesOf('escalations'),
    shows: [/escalation-flag\t-\tskipped\tmerged/, /escalation-withdrawn\t-\tsent/, /outreach-prompt\t-\tsent/],
  },
  {
    title: 'full, capped and closed mailboxes, pauses, leaves, moves and new policies',
    paths: filesOf('mailboxes-and-changes'),
    shows: [
      /sms\tclass-reminder\tregular\tskipped\tcapped/,
      /missed-week\tskipped\tmerged/,
      /skipped\twindow_too_short/,
      /mentor_ward\temail\tclass-reminder\tregular\tskipped\tno_consent/,
      /mentor_nomail\temail\tclass-reminder\tregular\tskipped\tunreachable/,
      /unreachable\t-\tsent/,
    ],
  },
  {
    title: 'silence, conversations, trouble, flags and ends of matches, one of which ends another',
    paths: filesOf('staying-in-touch'),
    shows: [
      /encourage-contact\t-\tsent/,
      /log-conversation\t-\tskipped\twithdrawn/,
      /how-to-reach-out\trecheck\tsent/,
      /sms\ttrouble-case\timmediate\t/,
      /mentee_staying\temail\tpair-closed\t-\tsent/,
      /celebrate\t-\tsent/,
      /task\t-\tsent/,
    ],
  },
  {
    title: 'people of whom nothing is heard, and a cohort that ends',
    paths: filesOf('life-cycle'),
    shows: [
      /mentor_quiet\temail\tinactivity-notice\t-\tsent/,
      /staff_pia\temail\ttask\t-\tsent/,
      /cohort-opt-out\treminder\tsent/,
      /mentor_heard\temail\texit-survey\t-\tskipped\twithdrawn/,
      /closure-rule\t-\tsent/,
    ],
  },
  {
    title: 'safety concerns by night and by day, of whom somebody has heard late, again or after the end',
    paths: filesOf('safety'),
    shows: [
      /T22:40\tstaff_pia\tsms\tsafety-alert\t-\tsent/,
      /T05:10\tstaff_pia\temail\tsafety-alert\t-\tsent/,
      /staff_rosa\temail\tsafety-alert\t-\tsent/,
      /class-reminder\tregular\tskipped\texpired/,
    ],
  },
  {
    title: 'meetings that are kept, planned, missed, told by two, taken back and told in part',
    paths: filesOf('meetings'),
    shows: [
      /T08:02\tstaff_paul\temail\tpromise-broken\t-\tsent/,
      /promise-broken\t-\tskipped\tmerged/,
      /staff_paul\temail\ttask\t-\tsent/,
      /T09:00\tmentor_keeping\temail\tmeeting-details\t-\tsent/,
      /mentor_planning\temail\tfirst-meeting-nudge\t-\tsent/,
      /mentor_ending\temail\tfirst-meeting-nudge\t-\tskipped\twithdrawn/,
      /staff_paul\temail\tfirst-meeting-alert\t-\tsent/,
    ],
  },
];
