import { block, duration, list, named, words } from './vocabulary.ts';

const line = (what: string) =>
  named(/^(?=[\s\S]{1,200}$)[^\n]*\S[^\n]*$/, `Expected ${what} in one line of at most 200 characters.`);

/** `Fri 16:00`, `2026-12-20` or `2026-12-20 18:00`, in the zone of the window. */
const moment = named(
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:[01]\d|2[0-3]):[0-5]\d|\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?: (?:[01]\d|2[0-3]):[0-5]\d)?)$/,
  'Expected a day of the week and a time, such as Fri 16:00, or a date such as 2026-12-20 or 2026-12-20 18:00.',
);

const freeze = block({
  from: moment
    .describe('When it begins: every week (`Fri 16:00`) or once (`2026-12-20`, with a time if wanted).')
    .optional(),
  to: moment.describe('When it ends, written like `from`.').optional(),
  cron: named(/^\S+(?: \S+){4}$/, 'Expected five fields: minute, hour, day, month, day of the week.')
    .describe('Instead of `from` and `to`: when it begins, as cron has it.')
    .optional(),
  for: duration('mhd', '12h').describe('How long it lasts after each time of `cron`.').optional(),
  zone: named(/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/, 'Expected an IANA time zone such as Europe/Berlin.')
    .meta({ description: 'IANA time zone of its times.', default: 'UTC' })
    .optional(),
  reason: line('the reason').describe('Shown to whoever meets it.').optional(),
});

export const gate = block({
  hold: line('the reason')
    .describe('Nothing is promoted into the environment while this stands here. Say why.')
    .optional(),
  soak: duration('mhd', '24h')
    .describe('How long a bundle has to have been verified in the environment before this one, in all its regions.')
    .optional(),
  freeze: list(freeze).meta({ description: 'When nothing is promoted into the environment.', default: [] }).optional(),
  checks: list(
    named(
      /^(?=[\s\S]{1,100}$)[^\n]*\S[^\n]*$/,
      'Expected the name of a check or commit status in one line of at most 100 characters.',
    ),
  )
    .meta({
      description: 'Checks and commit statuses that have to have passed on the commit that is promoted, by name.',
      default: [],
    })
    .optional(),
  attestation: words('required')
    .describe(
      'A bundle enters only with an attestation that GitHub made for the run which made it. Private repositories need GitHub Enterprise Cloud.',
    )
    .optional(),
  'break-glass': block({
    reason: line('the reason').describe('Why it cannot wait. It stands in the log, the summary and the record.'),
    until: named(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/,
      'Expected a time with its zone, such as 2026-12-20T18:00Z.',
    ).describe('When it ends by itself, at most seven days after it is used.'),
  })
    .describe(
      'An emergency: `soak`, `freeze` and `checks` do not count until then. What was never verified before it, or is older than what runs, stays out.',
    )
    .optional(),
}).describe('What has to hold before a bundle enters the environment.');
