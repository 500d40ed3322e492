import { sentenceList } from '@suite/foundation';
import { z } from 'zod';
import { parseCidr } from '../cidr.ts';

/**
 * The kinds of values that people write, each with the one sentence that says what was expected. Descriptions are for
 * people in an editor, and patterns do without flags, which JSON Schema cannot express.
 */
export const named = (pattern: RegExp, expected: string) =>
  z.string({ error: expected }).regex(pattern, { error: expected });

/** Lower case, because names are hashed from it and Azure compares it without regard to case. */
export const guid = named(
  /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
  'Expected an id such as 11111111-2222-3333-4444-555555555555.',
).toLowerCase();

export const location = named(
  /^[a-z][a-z0-9]{2,39}$/,
  'Expected an Azure location in its short form, such as westeurope.',
);

const rangeExpected = 'Expected an IPv4 range: its first address and prefix length, such as 10.40.0.0/16.';
export const cidr = z
  .string({ error: rangeExpected })
  .regex(/^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/, { error: rangeExpected, abort: true })
  .refine(text => parseCidr(text) !== undefined, { error: rangeExpected });

const addressExpected = 'Expected an IPv4 address, such as 10.0.0.4.';
export const address = z
  .string({ error: addressExpected })
  .regex(/^\d{1,3}(?:\.\d{1,3}){3}$/, { error: addressExpected, abort: true })
  .refine(text => parseCidr(`${text}/32`) !== undefined, { error: addressExpected });

export const flag = z.boolean({ error: 'Expected true or false.' });

export const duration = (units: string, example: string) =>
  named(new RegExp(`^[1-9]\\d{0,4}[${units}]$`), `Expected a duration such as ${example}.`);

// Azure's providers compare ids with regard to case, so what the portal shows is asked for to the letter.
export const armId = (type: string) =>
  named(
    new RegExp(
      `^/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/[^/]{1,90}/providers/${type.replaceAll('.', '\\.')}/[^/]{1,80}$`,
    ),
    `Expected an Azure id: /subscriptions/…/resourceGroups/…/providers/${type}/….`,
  );

export const subnetId = named(
  /^\/subscriptions\/[0-9a-fA-F-]{36}\/resourceGroups\/[^/]{1,90}\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]{1,80}\/subnets\/[^/]{1,80}$/,
  'Expected the Azure id of a subnet: /subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/….',
);

export const domain = named(
  /^(?=.{4,200}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  'Expected a domain in lower case, such as platform.contoso.com.',
);

export const email = named(
  /^[^\s@<>"',;]{1,64}@[^\s@<>"',;]{1,190}\.[^\s@<>"',;.]{2,63}$/,
  'Expected an e-mail address.',
);

export const httpsUrl = named(/^https:\/\/[^\s<>"']{3,1500}$/, 'Expected an address that begins with https://.');

export const either = (values: readonly string[]) => sentenceList(values, 'or');

export const words = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `Expected ${either(values)}.` });

export const whole = (least: number, most: number) => {
  const error = `Expected a whole number from ${least} to ${most}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

export const list = <T extends z.ZodType>(item: T) => z.array(item, { error: 'Expected a list.' });

export const block = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, { error: 'Expected a block of settings.' });

/** On with settings, on with the defaults, or off. */
export const switchable = <T extends z.ZodType>(settings: T) =>
  z.union([settings, z.boolean({ error: 'Expected a block of settings, true or false.' })]);

/** A feature that is on unless somebody switches it off. */
export const on = (description: string) => flag.meta({ description, default: true }).optional();

/** A feature that somebody has to ask for. */
export const off = (description: string) => flag.meta({ description, default: false }).optional();
