import { asObject, type JsonObject } from '@suite/foundation';
import { at, portOf } from './values.ts';

export interface ServiceOf {
  readonly service: string;
  readonly port: string;
}

const stack = 'kube-prometheus-stack';

/** The service of the stack's Prometheus, under the names that its values give it. */
export function prometheusService(values: JsonObject): ServiceOf {
  return { service: `${prefixOf(values)}-prometheus`, port: portOf(values, ['prometheus', 'service', 'port'], '9090') };
}

export function alertmanagerService(values: JsonObject): ServiceOf {
  const port = portOf(values, ['alertmanager', 'service', 'port'], '9093');
  return { service: `${prefixOf(values)}-alertmanager`, port };
}

/** The chart's own cut: names of what the operator makes have to stay below 63 characters. */
function prefixOf(values: JsonObject): string {
  return String(at(values, 'fullnameOverride') ?? stack)
    .slice(0, 26)
    .replace(/-$/, '');
}

export function grafanaService(values: JsonObject): ServiceOf {
  return { service: `${stack}-grafana`, port: portOf(values, ['grafana', 'service', 'port'], '80') };
}

/** Whether values of a person say how people sign in to Grafana. */
export function grafanaHasLogin(values: JsonObject): boolean {
  if (at(values, 'grafana', 'admin', 'existingSecret') !== undefined) return true;
  const sections = Object.entries(asObject(at(values, 'grafana', 'grafana.ini')));
  return sections.some(([name, section]) => isSignIn(name) && isOn(asObject(section)['enabled']));
}

/** Whether they let everybody look who reaches it, beside those who sign in. */
export function grafanaIsOpen(values: JsonObject): boolean {
  return (
    isOn(at(values, 'grafana', 'grafana.ini', 'auth.anonymous', 'enabled')) ||
    isOn(at(values, 'grafana', 'env', 'GF_AUTH_ANONYMOUS_ENABLED'))
  );
}

/** A proxy's header is no sign-in: whoever comes through the gateway may write it. */
function isSignIn(section: string): boolean {
  return section.startsWith('auth.') && section !== 'auth.anonymous' && section !== 'auth.proxy';
}

/** Settings of Grafana are texts in its file, however they are written. */
function isOn(value: unknown): boolean {
  return value === true || value === 'true';
}
