import { asObject, type JsonObject } from '@suite/foundation';
import { isList, type ObjectValue, type Value } from '../../schema/values.ts';
import { changes } from '../changes.ts';
import { doing } from '../messages.ts';
import type { Azure } from '../resource-type.ts';
import { at, block, blocks, count, countAt, objectsAt, positive, text, textAt } from '../shape.ts';
import { aksVersion } from './pool.ts';

/** The three maintenance windows of a cluster: argument, name in Azure, name in messages. */
const windows = [
  { argument: 'maintenance_window', name: 'default', title: 'Maintenance Configuration' },
  {
    argument: 'maintenance_window_auto_upgrade',
    name: 'aksManagedAutoUpgradeSchedule',
    title: 'Auto Upgrade Schedule Maintenance Configuration',
  },
  {
    argument: 'maintenance_window_node_os',
    name: 'aksManagedNodeOSUpgradeSchedule',
    title: 'Node OS Upgrade Schedule Maintenance Configuration',
  },
] as const;

/** Writes those windows that differ, after the cluster itself. */
export async function writeMaintenance(
  azure: Azure,
  clusterId: string,
  cluster: string,
  prior: ObjectValue | undefined,
  planned: ObjectValue,
): Promise<void> {
  for (const { argument, name, title } of windows) {
    if (!changes(prior, planned, argument)) continue;
    const window = block(planned, argument);
    const request = { path: maintenancePath(clusterId, name), apiVersion: aksVersion };
    if (window === undefined) {
      await doing(`deleting ${title} for ${cluster}`, () => azure.arm.run('', { ...request, method: 'DELETE' }));
    } else {
      const properties = name === 'default' ? weekToArm(window) : { maintenanceWindow: scheduleToArm(window) };
      await doing(`creating/updating ${title} for ${cluster}`, () =>
        azure.arm.send({ ...request, method: 'PUT', body: { properties } }),
      );
    }
  }
}

export async function readMaintenance(
  azure: Azure,
  clusterId: string,
): Promise<{ readonly [argument: string]: Value }> {
  const found = await Promise.all(
    windows.map(async ({ argument, name }) => {
      const body = await azure.arm.get(maintenancePath(clusterId, name), aksVersion).catch(() => undefined);
      const properties = asObject(body?.['properties']);
      const window = at(properties, 'maintenanceWindow');
      const value: Value =
        body === undefined
          ? []
          : name === 'default'
            ? [weekFromArm(properties)]
            : window == null
              ? []
              : [scheduleFromArm(asObject(window))];
      return [argument, value] as const;
    }),
  );
  return Object.fromEntries(found);
}

function maintenancePath(clusterId: string, name: string): string {
  return `${clusterId}/maintenanceConfigurations/${name}`;
}

function weekToArm(window: ObjectValue): JsonObject {
  return {
    timeInWeek: blocks(window, 'allowed').map(allowed => ({
      day: text(allowed, 'day'),
      hourSlots: isList(allowed['hours']) ? allowed['hours'] : [],
    })),
    notAllowedTime: blocks(window, 'not_allowed').map(span => ({ start: text(span, 'start'), end: text(span, 'end') })),
  };
}

function weekFromArm(properties: JsonObject): Value {
  return {
    allowed: objectsAt(properties, 'timeInWeek').map(allowed => ({
      day: textAt(allowed, 'day'),
      hours: (Array.isArray(allowed['hourSlots']) ? allowed['hourSlots'] : []) as readonly Value[],
    })),
    not_allowed: objectsAt(properties, 'notAllowedTime').map(span => ({
      start: textAt(span, 'start'),
      end: textAt(span, 'end'),
    })),
  };
}

function scheduleToArm(window: ObjectValue): JsonObject {
  const interval = count(window, 'interval');
  const dayOfWeek = text(window, 'day_of_week');
  const schedules: { readonly [frequency: string]: JsonObject } = {
    Daily: { daily: { intervalDays: interval } },
    Weekly: { weekly: { intervalWeeks: interval, dayOfWeek } },
    AbsoluteMonthly: { absoluteMonthly: { intervalMonths: interval, dayOfMonth: positive(window, 'day_of_month') } },
    RelativeMonthly: {
      relativeMonthly: { intervalMonths: interval, dayOfWeek, weekIndex: text(window, 'week_index') },
    },
  };
  return {
    schedule: schedules[text(window, 'frequency') ?? ''] ?? {},
    durationHours: positive(window, 'duration'),
    startTime: text(window, 'start_time') ?? '',
    utcOffset: text(window, 'utc_offset') ?? '',
    startDate: text(window, 'start_date')?.slice(0, 10),
    notAllowedDates: blocks(window, 'not_allowed').map(span => ({
      start: text(span, 'start')?.slice(0, 10),
      end: text(span, 'end')?.slice(0, 10),
    })),
  };
}

function scheduleFromArm(window: JsonObject): Value {
  const kinds = [
    ['Daily', 'daily', 'intervalDays'],
    ['Weekly', 'weekly', 'intervalWeeks'],
    ['AbsoluteMonthly', 'absoluteMonthly', 'intervalMonths'],
    ['RelativeMonthly', 'relativeMonthly', 'intervalMonths'],
  ] as const;
  const kind = kinds.find(([, property]) => at(window, 'schedule', property) != null);
  const schedule = kind === undefined ? {} : asObject(at(window, 'schedule', kind[1]));
  const date = (text: string) => (text === '' ? '' : `${text.slice(0, 10)}T00:00:00Z`);
  return {
    frequency: kind?.[0] ?? '',
    interval: kind === undefined ? 0 : countAt(schedule, kind[2]),
    day_of_week: textAt(schedule, 'dayOfWeek'),
    day_of_month: countAt(schedule, 'dayOfMonth'),
    week_index: textAt(schedule, 'weekIndex'),
    duration: countAt(window, 'durationHours'),
    start_date: date(textAt(window, 'startDate')),
    start_time: textAt(window, 'startTime'),
    utc_offset: textAt(window, 'utcOffset'),
    not_allowed: objectsAt(window, 'notAllowedDates').map(span => ({
      start: date(textAt(span, 'start')),
      end: date(textAt(span, 'end')),
    })),
  };
}
