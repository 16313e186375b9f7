/**
 * SQL of the facts that tell whether reminders reached a pair's mentor, as a query of one column `fact` (`ReminderFact`).
 * What was withdrawn is left out unless it had gone and was lost; of merged rows the one that went names every pair.
 * @param pair expression of the pair's id
 * @param also further conditions on the row `m`
 */
export function reminderFacts(pair: string, also = 'true'): string {
  return `
    select jsonb_build_object('channel', m.channel, 'plannedFor', m.planned_for, 'state', m.state, 'reason', m.reason,
      'gate', m.gates->-1->>'gate', 'suppressedBecause', kept.reason, 'send', to_jsonb(handed)) as fact
    from messages m
    left join lateral (
      select s.provider, s.state, s.provider_status as status, s.outcome from sends s
      where s.message_ids @> array[m.id] order by s.claimed_at desc limit 1
    ) handed on true
    left join lateral (
      select u.reason from suppressions u join people p on p.id = m.person_id
      where u.channel = m.channel
        and u.address_digest = address_digest(case m.channel when 'sms' then p.phone else p.email end)
      order by u.created_at desc limit 1
    ) kept on true
    where m.pair_ids @> array[${pair}] and m.template = 'class-reminder' and m.reason is distinct from 'merged'
      and (m.reason is distinct from 'withdrawn' or handed.state = 'undelivered') and ${also}
    order by m.planned_for desc`;
}
