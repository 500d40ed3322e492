import { type Input, minutesUpTo, withDefault } from '@suite/action-kit';

const usualWaitMs = 30 * 60_000;

/** The input `lease-wait`: whole minutes, read as milliseconds. A job of GitHub's own runners ends after 6 hours. */
export const leaseWait: Input<number> = withDefault(minutesUpTo(360, 'do not wait'), usualWaitMs);
