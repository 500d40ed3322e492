import { putHelmOnPath } from './helm.ts';

/** Runs once before the tests; their processes inherit what it puts into the environment. */
export default () => putHelmOnPath(process.env);
