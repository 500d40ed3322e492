import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { gpuSizeOf, unusableSizeOf } from './sizes.ts';

/** One size of each model that has figures. */
const measured = [
  'NC4as_T4_v3',
  'NV36ads_A10_v5',
  'ND40rs_v2',
  'NC24ads_A100_v4',
  'ND96asr_v4',
  'ND96amsr_A100_v4',
  'NC40ads_H100_v5',
  'ND96isr_H100_v5',
  'ND96isr_H200_v5',
];

describe('sizes', () => {
  test.each<[string, object]>([
    ['Standard_NC4as_T4_v3', { gpus: 1, model: 'T4', fraction: undefined, branch: { name: 'CUDA', cudaMajor: 13 } }],
    ['standard_nc64AS_t4_v3', { name: 'Standard_NC64as_T4_v3', gpus: 4 }],
    ['Standard_NC80adis_H100_v5', { gpus: 2, model: 'H100 NVL' }],
    ['Standard_ND96isr_H200_v5', { gpus: 8, model: 'H200 SXM' }],
    ['Standard_NV6ads_A10_v5', { gpus: 1, fraction: '1/6', branch: { name: 'GRID', cudaMajor: 12 } }],
    ['Standard_NV72ads_A10_v5', { gpus: 2, fraction: undefined, branch: { name: 'GRID' } }],
    ['Standard_NC36ds_xl_RTXPRO6000BSE_v6', { fraction: '1/4', branch: { name: 'GRID v20', cudaMajor: 13 } }],
  ])('%s', (name, size) => expect(gpuSizeOf(name)).toMatchObject(size));

  test.each(['Standard_D4ds_v5', 'Standard_NC999_v9', '', 'constructor'])('%j is unknown, which says nothing', name => {
    expect(gpuSizeOf(name)).toBeUndefined();
    expect(unusableSizeOf(name)).toBeUndefined();
  });

  test.each<[string, RegExp]>([
    ['Standard_NC6s_v3', /retired on 2025-09-30/],
    ['Standard_NC24rs_v3', /retired on 2025-09-30/],
    ['Standard_NV12s_v3', /retired on 2026-09-30/],
    ['Standard_NV16as_v4', /retired on 2026-09-30.*AMD/],
    ['Standard_NV6_Promo', /retired on 2023-09-06/],
    ['Standard_NC6', /retired$/],
    ['Standard_ND24rs', /retired$/],
    ['Standard_ND96isr_MI300X_v5', /AMD/],
    ['Standard_NV4ads_V710_v5', /AMD/],
    ['Standard_NC128lds_xl_RTXPRO6000BSE_v6', /preview/],
  ])('%s is of no use, and why', (name, why) => {
    expect(unusableSizeOf(name)?.why).toMatch(why);
    expect(unusableSizeOf(name)?.remedy).toMatch(/Use/);
    expect(gpuSizeOf(name)).toBeUndefined();
  });

  test('every figure has its source, and no measured one is above what the card has on paper', () => {
    // Datasheets: T4 8.1 TFLOPS, 320 GB/s; A10 31.2; V100 900 GB/s; A100 19.5 TFLOPS, 1935 and 2039; H100 NVL 60, 3938; SXM 67, 3352; H200 67, 4800.
    const paper: Record<string, readonly [number, number]> = {
      T4: [8.1, 320],
      A10: [31.2, 600],
      'V100 SXM': [15.7, 900],
      'A100 PCIe': [19.5, 1935],
      'A100 SXM 40 GB': [19.5, 1555],
      'A100 SXM 80 GB': [19.5, 2039],
      'H100 NVL': [60, 3938],
      'H100 SXM': [67, 3352],
      'H200 SXM': [67, 4800],
    };
    for (const name of measured) {
      const size = gpuSizeOf(`Standard_${name}`);
      if (size === undefined) throw new Error(`${name} is not in the table.`);
      const [tflops = 0, memory = 0] = paper[size.model] ?? [];
      for (const figure of Object.values(size.figures)) expect(figure?.source ?? 'none').toMatch(/\w{4}/);
      expect(size.figures.fp32?.value ?? 0).toBeLessThanOrEqual(tflops);
      expect(size.figures.device?.value ?? 0).toBeLessThanOrEqual(memory);
    }
  });

  test('the page about verdicts shows the figures as they are', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../docs/explanation/gpu-verdicts.md'), 'utf8');
    const shown = (value: number | undefined) => (value === undefined ? '–' : String(value));
    for (const name of [...measured, 'NC144ds_xl_RTXPRO6000BSE_v6']) {
      const size = gpuSizeOf(`Standard_${name}`);
      const { fp32, hostToDevice, deviceToHost, device } = size?.figures ?? {};
      const cells = [fp32, hostToDevice, deviceToHost, device].map(figure => shown(figure?.value));
      expect(page).toContain(`| ${size?.model} | ${cells.join(' | ')} |`);
    }
  });
});
