import { type GpuSize, gpuSizeOf, unusableSizeOf } from '../sizes.ts';
import type { Finding } from '../verdict.ts';
import type { PreflightFacts } from './facts.ts';
import { blocked, fine, unknown, unlessThereIsANode, warning } from './finding.ts';

/** Whether machines of the size have GPUs that a test can say something about. */
export function judgeSize({ pool, size, location }: PreflightFacts, hasNode: boolean): Finding {
  const check = 'Size of the pool';
  const known = gpuSizeOf(pool.size);
  const unusable = unusableSizeOf(pool.size);
  if (unusable !== undefined) {
    return blocked(check, 'configuration', `${pool.size} ${unusable.why}.`, unusable.remedy);
  }
  if (!size.known) {
    return known === undefined
      ? unknown(check, size)
      : fine(check, `${describe(known)}, by Microsoft’s documentation. ${size.why}`);
  }
  if (size.value === undefined) {
    return unlessThereIsANode(
      hasNode,
      blocked(
        check,
        'configuration',
        `${location} does not offer ${pool.size} to this subscription.`,
        `Choose a size that \`az vm list-skus --location ${location} --size Standard_N --output table\` shows.`,
      ),
    );
  }
  const { name, gpus } = size.value;
  if (gpus === 0) {
    return blocked(
      check,
      'configuration',
      `${name} has no GPU.`,
      'Use a size of the N series, such as Standard_NC4as_T4_v3.',
    );
  }
  if (known === undefined) {
    return {
      check,
      level: 'unknown',
      evidence: `${name} has ${gpus} by Azure’s word. Nobody has told this test which GPUs, what driver AKS gives them, and how fast they are.`,
    };
  }
  if (gpus !== known.gpus) {
    return warning(
      check,
      `${name} has ${gpus} GPUs by Azure’s word, and ${known.gpus} by Microsoft’s documentation.`,
      'Azure’s word counts. Tell the suite’s maintainers.',
    );
  }
  return fine(check, `${describe(known)}.`);
}

function describe({ name, gpus, fraction, model }: GpuSize): string {
  return `${name} has ${fraction === undefined ? gpus : `${fraction} of an`} ${model}`;
}

/** Drivers from which on a major version of CUDA runs (NVIDIA, "CUDA Compatibility", Minor Version Compatibility). */
const oldestDriver: Readonly<Record<number, number>> = { 11: 450, 12: 525, 13: 580 };

/** Whether the driver that the pool's nodes have runs the CUDA that the image brings along. */
export function judgeCuda({ pool, image, nodes }: PreflightFacts): Finding {
  const check = 'CUDA of the image';
  const { sight } = image;
  if (!sight.known) return unknown(check, sight);
  const cuda = sight.value?.cuda;
  if (cuda === undefined) return fine(check, 'It brings none along: the driver of the node says what it can.');
  const major = Number.parseInt(cuda, 10);
  const driver = driverOfNodes(nodes, pool.name);
  const oldest = oldestDriver[major];
  const remedy = 'Use the default image, which has no CUDA of its own, or one of an older CUDA.';
  const link = 'https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html';
  if (driver !== undefined && oldest !== undefined) {
    return driver < oldest
      ? blocked(
          check,
          'configuration',
          `The image is of CUDA ${cuda}, which runs from driver ${oldest} on; the pool’s nodes have ${driver}.`,
          remedy,
          link,
        )
      : fine(check, `CUDA ${cuda} runs on the driver ${driver} of the pool’s nodes.`);
  }
  if (pool.driver === 'None') {
    return {
      check,
      level: 'unknown',
      evidence: `The image is of CUDA ${cuda}. Which driver the GPU operator installs is not known before a node is there.`,
    };
  }
  const branch = gpuSizeOf(pool.size)?.branch;
  if (branch === undefined) {
    return {
      check,
      level: 'unknown',
      evidence: `The image is of CUDA ${cuda}. Which driver AKS gives ${pool.size} is not known.`,
    };
  }
  const evidence = `The image is of CUDA ${cuda}; AKS gives ${pool.size} the ${branch.name} driver ${branch.version}, which runs CUDA up to ${branch.cudaMajor}.`;
  return major > branch.cudaMajor ? blocked(check, 'configuration', evidence, remedy, link) : fine(check, evidence);
}

/** Major version of the oldest driver, as GPU feature discovery labels nodes with it. */
function driverOfNodes(nodes: PreflightFacts['nodes'], pool: string): number | undefined {
  if (!nodes.known) return undefined;
  const majors = nodes.value
    .filter(({ labels }) => (labels['kubernetes.azure.com/agentpool'] ?? labels['agentpool']) === pool)
    .map(({ labels }) =>
      Number(labels['nvidia.com/cuda.driver-version.major'] ?? labels['nvidia.com/cuda.driver.major'] ?? Number.NaN),
    )
    .filter(major => Number.isInteger(major) && major > 0);
  return majors.length === 0 ? undefined : Math.min(...majors);
}
