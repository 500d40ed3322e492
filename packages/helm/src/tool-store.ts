/** Where tools are kept between jobs of a runner, and how they get there. Rejections are failures to reach or unpack. */
export interface ToolStore {
  /** Folder of a cached tool; undefined when there is none. */
  find(name: string, version: string, arch: string): Promise<string | undefined>;
  /** Downloads to a new temporary file and gives its path. Redirects and retries are the store's business. */
  download(url: string): Promise<string>;
  /** Both unpack into a new temporary folder and give its path. */
  extractZip(file: string): Promise<string>;
  extractTar(file: string): Promise<string>;
  /** Copies a folder into the cache and gives the folder that `find` will give from now on. */
  cache(folder: string, name: string, version: string, arch: string): Promise<string>;
}
