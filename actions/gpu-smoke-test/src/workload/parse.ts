import {
  asArray,
  asBoolean,
  asNumber,
  asObject,
  asString,
  isObject,
  type JsonObject,
  parseJson,
  term,
} from '@suite/foundation';
import {
  type WorkloadDevice,
  type WorkloadError,
  type WorkloadOutcome,
  type WorkloadResult,
  workloadStages,
} from './result.ts';

/** More than the largest machine has; a log is nobody's place to fill our memory. */
const mostItems = 64;
const longestLine = 64 * 1024;
const tailLength = 400;

/**
 * Finds the workload's line in a log. The log is untrusted: the image can be replaced, and whoever writes into it may write
 * anything. Strings come out harmless and short, numbers finite and not negative; a line that lacks what every result has is none.
 * Of several lines the last one counts.
 */
export function parseWorkloadLog(log: string): WorkloadOutcome {
  const lines = log.split('\n');
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]?.trim() ?? '';
    if (!line.startsWith('{') || line.length > longestLine) continue;
    const outcome = readLine(parseJson(line));
    if (outcome !== undefined) return outcome;
  }
  return { kind: 'none', tail: term(log.trimEnd().slice(-tailLength)) };
}

function readLine(value: unknown): WorkloadOutcome | undefined {
  const line = asObject(value);
  const ok = asBoolean(line['ok']);
  if (line['suite'] !== 'gpu-smoke' || line['version'] !== 1 || ok === undefined) return undefined;
  const deviceFiles = texts(line['deviceFiles']);
  if (line['mode'] === 'isolation') return { kind: 'isolation', ok, deviceFiles };
  const level = line['level'];
  if (line['mode'] !== 'work' || (level !== 'quick' && level !== 'standard')) return undefined;
  const driver = asObject(line['driver']);
  return {
    kind: 'result',
    result: {
      level,
      ok,
      driver: { cuda: version(driver['cuda']), version: version(driver['version']) },
      devices: asArray(line['devices']).slice(0, mostItems).filter(isObject).map(readDevice),
      ...readParts(line),
      deviceFiles,
      visibleDevices: text(line['visibleDevices']),
      seconds: figure(line['seconds']),
      error: readError(line['error']),
    },
  };
}

function readDevice(device: JsonObject, position: number): WorkloadDevice {
  return {
    index: figure(device['index']) ?? position,
    uuid: text(device['uuid']),
    name: text(device['name']) ?? 'a device without a name',
    memoryBytes: figure(device['memoryBytes']),
    computeCapability: version(device['computeCapability']),
    mig: device['mig'] === true,
    vgpu: asBoolean(device['vgpu']),
  };
}

function readParts(line: JsonObject): Pick<WorkloadResult, 'vectorAdd' | 'matmul' | 'fp32' | 'bandwidth'> {
  const [add, product, loop, moved] = ['vectorAdd', 'matmul', 'fp32', 'bandwidth'].map(key => asObject(line[key]));
  const [elements, addError] = [figure(add?.['elements']), figure(add?.['maxError'])];
  const [n, productError] = [figure(product?.['n']), figure(product?.['maxError'])];
  const tflops = figure(loop?.['tflops']);
  return {
    vectorAdd: elements === undefined || addError === undefined ? undefined : { elements, maxError: addError },
    matmul:
      n === undefined || productError === undefined
        ? undefined
        : { n, maxError: productError, tflops: figure(product?.['tflops']) },
    fp32: tflops === undefined ? undefined : { tflops },
    bandwidth: isObject(line['bandwidth'])
      ? {
          hostToDevice: figure(moved?.['hostToDevice']),
          deviceToHost: figure(moved?.['deviceToHost']),
          device: figure(moved?.['device']),
        }
      : undefined,
  };
}

/** An error that cannot be read is one all the same: work that says so of itself is never taken for right. */
function readError(value: unknown): WorkloadError | undefined {
  if (value === null || value === undefined) return undefined;
  const error = asObject(value);
  return {
    stage: workloadStages.find(stage => stage === error['stage']) ?? 'load',
    code: figure(error['code']),
    name: text(error['name']),
    message: text(error['message']) ?? 'an error without a message',
    timedOut: error['timedOut'] === true,
    wrongResult: error['wrongResult'] === true,
  };
}

function figure(value: unknown): number | undefined {
  const number = asNumber(value);
  return number !== undefined && Number.isFinite(number) && number >= 0 ? number : undefined;
}

function text(value: unknown): string | undefined {
  const harmless = term(asString(value) ?? '');
  return harmless === '' ? undefined : harmless;
}

/** `12.8`, `570.211.01` */
function version(value: unknown): string | undefined {
  return /^\d{1,6}(?:\.\d{1,6}){0,3}$/.exec(asString(value) ?? '')?.[0];
}

function texts(value: unknown): string[] {
  return asArray(value)
    .slice(0, mostItems)
    .flatMap(item => text(item) ?? []);
}
