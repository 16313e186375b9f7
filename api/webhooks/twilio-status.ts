import { createHash } from 'node:crypto';
import type { Instant } from '../../policy/time.ts';
import type { ProviderReport } from '../../prisma/store/provider-reports.ts';
import type { RawRequest, Route } from '../route.ts';
import { fieldOf, readForm } from './form.ts';
import { type ReportDeps, takeReports } from './report-taking.ts';
import { usualLimitBytes, type Verifier, webhook } from './webhook.ts';

/** Twilio's status callback: what became of a text; the send is in the address that it was told to call (M9, M10). */
export function twilioStatusWebhook(deps: ReportDeps, verify: Verifier): Route {
  return webhook({
    path: '/webhooks/twilio/status',
    operationId: 'takeTwilioStatus',
    summary: "Twilio's status callback",
    mediaType: 'application/x-www-form-urlencoded',
    limitBytes: usualLimitBytes,
    verify,
    async take(request) {
      await takeReports(deps, 'twilio', [readStatus(request, await deps.clock.now())]);
    },
  });
}

/** The report of a callback; what cannot be read is a report of no known send, which is kept apart. */
export function readStatus({ bytes, target }: Pick<RawRequest, 'bytes' | 'target'>, now: Instant): ProviderReport {
  const form = readForm(bytes);
  const sid = fieldOf(form, 'MessageSid');
  const status = fieldOf(form, 'MessageStatus');
  const code = fieldOf(form, 'ErrorCode') ?? '0';
  if (!sid || !/^\w{2,64}$/.test(sid) || !status || !/^[a-z_-]{1,40}$/.test(status) || !/^\d{1,6}$/.test(code)) {
    const key = `unreadable/${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}`;
    return { key, sendId: null, providerId: '', status: 'unreadable', code: null, address: null, occurredAt: now };
  }
  return {
    key: `${sid}/${status}`,
    sendId: sendIn(target),
    providerId: sid,
    status,
    code: Number(code) || null,
    // A text has one recipient.
    address: null,
    occurredAt: now,
  };
}

function sendIn(target: string): string | null {
  const given = new URLSearchParams(target.split('?')[1] ?? '').get('send');
  return given !== null && /^[\w.-]{1,200}$/.test(given) ? given : null;
}
