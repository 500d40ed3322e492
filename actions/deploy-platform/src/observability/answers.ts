import {
  asArray,
  asObject,
  asString,
  count,
  isObject,
  type JsonObject,
  parseJson,
  sentenceList,
} from '@suite/foundation';

/** What is to be known. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly setting: string;
}

/**
 * - `passed`: seen
 * - `failed`: seen to be wrong; it may pass by itself for a while after an apply
 * - `waiting`: nobody has looked yet
 * - `unknown`: nobody can say, which is not the same as fine
 */
export interface Answer {
  readonly is: 'passed' | 'failed' | 'waiting' | 'unknown';
  readonly message: string;
}

const unreadable: Answer = { is: 'unknown', message: 'The answer could not be read.' };

interface Monitor {
  readonly namespace: string;
  readonly name: string;
}

/** Of `/api/v1/targets` (Prometheus, "HTTP API: Targets"), whose pools are called `serviceMonitor/NAMESPACE/NAME/INDEX`. */
export function targetAnswers(body: string, monitors: readonly Monitor[]): readonly Answer[] {
  const { activeTargets } = asObject(asObject(parseJson(body))['data']);
  if (!Array.isArray(activeTargets)) return monitors.map(() => unreadable);
  const all = asArray(activeTargets).map(asObject);
  return monitors.map(({ namespace, name }) => {
    const pool = `serviceMonitor/${namespace}/${name}/`;
    return targetAnswer(all.filter(target => asString(target['scrapePool'])?.startsWith(pool)));
  });
}

function targetAnswer(targets: readonly JsonObject[]): Answer {
  if (targets.length === 0) {
    return {
      is: 'unknown',
      message: 'Prometheus has no target of it: no service with endpoints is selected, or it has not looked yet.',
    };
  }
  const down = targets.filter(({ health }) => health === 'down');
  if (down.length > 0) {
    const why = [...new Set(down.map(({ lastError }) => asString(lastError) || 'no reason'))].slice(0, 3);
    return {
      is: 'failed',
      message: `${down.length} of ${count(targets.length, 'target')} ${down.length === 1 ? 'is' : 'are'} down: ${sentenceList(why)}.`,
    };
  }
  const fresh = targets.filter(({ health }) => health !== 'up').length;
  if (fresh > 0)
    return {
      is: 'waiting',
      message: `${fresh} of ${count(targets.length, 'target')} ${fresh === 1 ? 'was' : 'were'} not scraped yet.`,
    };
  return { is: 'passed', message: `${count(targets.length, 'target')} up.` };
}

/** Prometheus and Loki answer with `status`, Jaeger with `data`. */
export function dataSourceAnswer(body: string): Answer {
  const answer = parseJson(body);
  if (!isObject(answer)) return unreadable;
  if (answer['status'] === 'success' || (answer['status'] === undefined && 'data' in answer)) {
    return { is: 'passed', message: 'Answers through Grafana.' };
  }
  const error = asString(answer['error']) ?? asString(answer['message']) ?? 'no reason';
  return { is: 'failed', message: `Answers an error: ${error}.` };
}

/** Of an instant query whose one value is a number of lines (Grafana Loki, "HTTP API"). */
export function linesAnswer(body: string): Answer {
  const { result } = asObject(asObject(parseJson(body))['data']);
  if (!Array.isArray(result)) return unreadable;
  const [, value] = asArray(asObject(result[0])['value']);
  const lines = Number(value ?? 0);
  return lines > 0
    ? { is: 'passed', message: `${count(lines, 'line')} within 5 minutes.` }
    : { is: 'failed', message: 'No line of the canary within 5 minutes.' };
}

/** Of `/api/v2/alerts` (Alertmanager's OpenAPI). */
export function alertAnswer(body: string, name: string): Answer {
  const alerts = parseJson(body);
  if (!Array.isArray(alerts)) return unreadable;
  const found = alerts.map(asObject).filter(({ labels }) => asObject(labels)['alertname'] === name);
  return found.length > 0
    ? { is: 'passed', message: 'Fires, and has arrived.' }
    : { is: 'failed', message: 'It always fires, and has not arrived: alerts reach nobody.' };
}
