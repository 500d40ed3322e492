/** Where tools are kept between jobs of a runner, and how they get there. Rejections are failures to reach or unpack. */
export interface ToolStore {
  /** Folder of a cached tool; undefined when there is none. */
  find(name: string, version: string, arch: string): Promise<string | undefined>;
  /** Downloads to a new temporary file and gives its path. Redirects and retries are the store's business. */
  download(url: string): Promise<string>;
  /** Both unpack into a new temporary folder and give its path. A tar file is one packed with gzip. */
  extractZip(file: string): Promise<string>;
  extractTar(file: string): Promise<string>;
  /** Copies a folder into the cache and gives the folder that `find` will give from now on. */
  cache(folder: string, name: string, version: string, arch: string): Promise<string>;
}

/** The runner's own (`@actions/tool-cache`). The SDK is loaded only when a function is called. */
export function createToolStore(): ToolStore {
  const load = () => import('@actions/tool-cache');
  return {
    find: async (name, version, arch) => {
      if (!process.env['RUNNER_TOOL_CACHE']) return undefined; // not on a runner
      return (await load()).find(name, version, arch) || undefined;
    },
    download: async url => (await load()).downloadTool(url),
    extractZip: async file => (await load()).extractZip(file),
    extractTar: async file => (await load()).extractTar(file),
    cache: async (folder, name, version, arch) => {
      if (!process.env['RUNNER_TOOL_CACHE']) return folder;
      return (await load()).cacheDir(folder, name, version, arch);
    },
  };
}
