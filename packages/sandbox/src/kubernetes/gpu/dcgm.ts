import type { Cluster } from '../cluster.ts';
import { at, type KubeObject } from '../objects.ts';
import { devicesOf, type GpuDevice } from './devices.ts';
import { gpuPoolOf } from './pods.ts';

interface Series {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly value: (device: GpuDevice, hasXid: boolean) => number;
  readonly labels?: (hasXid: boolean) => string;
}

/** A few of the exporter's default counters (NVIDIA/dcgm-exporter, `etc/default-counters.csv`). */
const all: readonly Series[] = [
  { name: 'DCGM_FI_DEV_SM_CLOCK', help: 'SM clock frequency (in MHz).', type: 'gauge', value: () => 1590 },
  { name: 'DCGM_FI_DEV_GPU_TEMP', help: 'GPU temperature (in C).', type: 'gauge', value: () => 41 },
  { name: 'DCGM_FI_DEV_POWER_USAGE', help: 'Power draw (in W).', type: 'gauge', value: () => 27.4 },
  {
    name: 'DCGM_FI_DEV_XID_ERRORS',
    help: 'Value of the last XID error encountered.',
    type: 'gauge',
    value: (_, hasXid) => (hasXid ? 79 : 0),
    labels: hasXid =>
      hasXid ? ',err_code="79",err_msg="GPU has fallen off the bus"' : ',err_code="0",err_msg="No Error"',
  },
  {
    name: 'DCGM_FI_DEV_FB_FREE',
    help: 'Framebuffer memory free (in MiB).',
    type: 'gauge',
    value: ({ model }) => Math.floor(model.memoryBytes / 1024 ** 2),
  },
  { name: 'DCGM_FI_DEV_FB_USED', help: 'Framebuffer memory used (in MiB).', type: 'gauge', value: () => 0 },
  {
    name: 'DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS',
    help: 'Number of remapped rows for uncorrectable errors',
    type: 'counter',
    value: () => 0,
  },
  {
    name: 'DCGM_FI_DEV_ROW_REMAP_FAILURE',
    help: 'Whether remapping of rows has failed',
    type: 'gauge',
    value: () => 0,
  },
];

/** What the exporter in a pod tells of the GPUs of its node. */
export function dcgmMetrics(cluster: Cluster, exporter: KubeObject): string {
  const node = cluster.store.get('nodes', undefined, String(at(exporter, 'spec')['nodeName']));
  const pool = gpuPoolOf(cluster, node);
  if (node === undefined || pool === undefined) return '';
  const { name } = node.metadata;
  const isXid = cluster.gpuScripts.of(pool.name) === 'xid';
  const devices = devicesOf(name, pool.size, pool.gpus);
  const lines = all.flatMap(({ name: series, help, type, value, labels }) => [
    `# HELP ${series} ${help}`,
    `# TYPE ${series} ${type}`,
    ...devices.map(device => {
      // What fell off the bus is one of them.
      const hasXid = isXid && device.index === 0;
      const own = `gpu="${device.index}",UUID="${device.uuid}",pci_bus_id="0000000${device.index + 1}:00:00.0",device="nvidia${device.index}",modelName="${device.model.name}",Hostname="${name}",DCGM_FI_DRIVER_VERSION="${device.model.driver.version}"`;
      return `${series}{${own}${labels?.(hasXid) ?? ''}} ${value(device, hasXid)}`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}
