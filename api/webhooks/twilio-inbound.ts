import { createHash } from 'node:crypto';
import { effectOfReply, type Reading, readReply } from '../../policy/delivery/reply.ts';
import { type InboundText, recordInboundText } from '../../prisma/store/inbound-messages.ts';
import type { Relay } from '../relay.ts';
import type { Route } from '../route.ts';
import { fieldOf, readForm } from './form.ts';
import { classified, nudgeAll, type ReportDeps } from './report-taking.ts';
import { usualLimitBytes, type Verifier, webhook } from './webhook.ts';

/** A text has 1,600 characters at most; what is longer is no text of Twilio's. */
const longestText = 10_000;

/** How Twilio says that its own handling of opt-outs has read and answered a text. */
const readByTwilio = new Map<string, Reading>([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
]);

interface TextDeps extends ReportDeps {
  /** Carries new journal entries to their workflows. */
  relay: Pick<Relay, 'wake'>;
}

/** Texts that people send (M8, K6). */
export function twilioInboundWebhook(deps: TextDeps, verify: Verifier): Route {
  return webhook({
    path: '/webhooks/twilio/inbound',
    operationId: 'takeText',
    summary: 'A text that somebody sent',
    description:
      'STOP and its kin act at once; a number or words answer the one check-in that is open; whatever else is not a word of ' +
      'the list goes to staff, and a safety keyword opens a case.',
    mediaType: 'application/x-www-form-urlencoded',
    limitBytes: usualLimitBytes,
    verify,
    take: ({ bytes }) => takeText(deps, bytes),
  });
}

async function takeText({ database, clock, metrics, nudge, relay }: TextDeps, bytes: Buffer): Promise<void> {
  const { answered, reading, ...text } = readText(bytes);
  const effect = effectOfReply(reading, answered);
  const given = { ...text, reading };
  const recorded = await recordInboundText(database, given, effect, await clock.now(), classified.classify);
  if (recorded.duplicate) return;
  const readAs = recorded.answered ? 'check_in' : reading;
  metrics.inboundTexts.inc({ reading: readAs, sender: recorded.known ? 'known' : 'unknown' });
  if (recorded.called || recorded.answered) relay.wake({ urgent: recorded.called });
  if (recorded.wrote) nudgeAll(nudge);
}

/** What a form says; one without an id is known by its bytes. */
function readText(bytes: Buffer): InboundText & { reading: Reading; answered: boolean } {
  const form = readForm(bytes);
  const sid = fieldOf(form, 'MessageSid');
  const body = (fieldOf(form, 'Body') ?? '').slice(0, longestText).replace(/\p{Surrogate}|\0/gu, ' ');
  const own = readByTwilio.get(fieldOf(form, 'OptOutType') ?? '');
  return {
    providerKey: sid && /^\w{2,64}$/.test(sid) ? sid : createHash('sha256').update(bytes).digest('base64url'),
    from: numberIn(fieldOf(form, 'From')),
    to: numberIn(fieldOf(form, 'To')),
    body,
    reading: own ?? readReply(body),
    answered: own !== undefined,
  };
}

function numberIn(text: string | undefined): string | null {
  return text !== undefined && /^\+?\d{3,15}$/.test(text) ? text : null;
}
