import { type Input, withDefault } from '@suite/action-kit';

const usualWaitMs = 30 * 60_000;

/** The input `lease-wait`: whole minutes, read as milliseconds. A job of GitHub's own runners ends after 6 hours. */
export const leaseWait: Input<number> = withDefault(
  {
    absent: 'required',
    parse: value => {
      const minutes = Number(value);
      if (/^\d{1,3}$/.test(value) && minutes <= 360) return { value: minutes * 60_000 };
      return { expected: 'Use whole minutes from 0 (do not wait) to 360.' };
    },
  },
  usualWaitMs,
);
