/**
 * Where tools are kept between jobs (`@actions/tool-cache`). The functions are what a domain package's port asks for; the
 * SDK is loaded only when one is called.
 */
export function createToolStore() {
  const load = () => import('@actions/tool-cache');
  return {
    find: async (name: string, version: string, arch: string): Promise<string | undefined> => {
      if (!process.env['RUNNER_TOOL_CACHE']) return undefined; // not on a runner
      return (await load()).find(name, version, arch) || undefined;
    },
    download: async (url: string): Promise<string> => (await load()).downloadTool(url),
    extractZip: async (file: string): Promise<string> => (await load()).extractZip(file),
    /** A tar file packed with gzip. */
    extractTar: async (file: string): Promise<string> => (await load()).extractTar(file),
    cache: async (folder: string, name: string, version: string, arch: string): Promise<string> => {
      if (!process.env['RUNNER_TOOL_CACHE']) return folder;
      return (await load()).cacheDir(folder, name, version, arch);
    },
  };
}
