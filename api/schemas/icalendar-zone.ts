import { isZone } from '../../policy/time.ts';

/** From the zone names of iCalendar documents to IANA zones. */

/** The names that Microsoft products write, for the zones where most programs are (Unicode CLDR, windowsZones). */
const windowsZones: Record<string, string> = {
  'Eastern Standard Time': 'America/New_York',
  'US Eastern Standard Time': 'America/Indianapolis',
  'Central Standard Time': 'America/Chicago',
  'Mountain Standard Time': 'America/Denver',
  'US Mountain Standard Time': 'America/Phoenix',
  'Pacific Standard Time': 'America/Los_Angeles',
  'Alaskan Standard Time': 'America/Anchorage',
  'Hawaiian Standard Time': 'Pacific/Honolulu',
  'Atlantic Standard Time': 'America/Halifax',
  'Newfoundland Standard Time': 'America/St_Johns',
  'SA Western Standard Time': 'America/La_Paz',
  'E. South America Standard Time': 'America/Sao_Paulo',
  'GMT Standard Time': 'Europe/London',
  'W. Europe Standard Time': 'Europe/Berlin',
  'Central Europe Standard Time': 'Europe/Budapest',
  'Central European Standard Time': 'Europe/Warsaw',
  'Romance Standard Time': 'Europe/Paris',
  'GTB Standard Time': 'Europe/Bucharest',
  'FLE Standard Time': 'Europe/Kiev',
  'India Standard Time': 'Asia/Kolkata',
  'Singapore Standard Time': 'Asia/Singapore',
  'Tokyo Standard Time': 'Asia/Tokyo',
  'AUS Eastern Standard Time': 'Australia/Sydney',
  'New Zealand Standard Time': 'Pacific/Auckland',
  'South Africa Standard Time': 'Africa/Johannesburg',
};

const LONGEST_NAME = 64;

/**
 * The IANA zone that a TZID stands for: itself, the end of a path such as `/example.org/2026/America/New_York`, what its
 * VTIMEZONE gives as X-LIC-LOCATION, or a name of Microsoft's. Null when it is none of these.
 * @param locations X-LIC-LOCATION by TZID
 */
export function ianaZoneOf(tzid: string, locations: ReadonlyMap<string, string>): string | null {
  const segments = tzid.split('/').filter((segment) => segment !== '');
  const endings = [3, 2, 1].map((length) => segments.slice(-length).join('/'));
  const candidates = [tzid, locations.get(tzid), Object.hasOwn(windowsZones, tzid) && windowsZones[tzid], ...endings];
  return candidates.find((name): name is string => typeof name === 'string' && isKnown(name)) ?? null;
}

function isKnown(name: string): boolean {
  return name.length <= LONGEST_NAME && isZone(name);
}
