import type { KubernetesObject } from '@suite/kubernetes';
import { type Records, readRecordText, recordText } from '../../record.ts';
import { asKind } from './applications.ts';
import { type ServerClient, ServerFailure } from './client.ts';

/** On the platform's own project, the one object that an Argo CD server lets us write a note on. */
const recordAnnotation = 'aks-platform.io/record';

/** What an environment has proven, kept where no ConfigMap can be written. */
export function createServerRecords(client: ServerClient, project: string): Records {
  const path = `/projects/${encodeURIComponent(project)}`;
  const find = async () => {
    try {
      const found = await client.send({
        method: 'GET',
        path,
        purpose: `read what the project ${project} notes`,
        needs: `projects, get, ${project}`,
      });
      return asKind('AppProject', found);
    } catch (error) {
      // Made by the first sync.
      if (error instanceof ServerFailure && error.status === 404) return undefined;
      throw error;
    }
  };
  return {
    read: async () => readRecordText((await find())?.metadata.annotations?.[recordAnnotation]),
    write: async record => {
      const found = await find();
      if (found === undefined) throw new Error(`The project ${project} is not there to note what was proven.`);
      const annotations = { ...found.metadata.annotations, [recordAnnotation]: recordText(record) };
      await client.send({
        method: 'PUT',
        path,
        // With the version that was read: whoever has changed it in between is not undone.
        body: { project: { ...found, metadata: { ...found.metadata, annotations } } },
        purpose: `note in the project ${project} what was proven`,
        needs: `projects, update, ${project}`,
      });
    },
  };
}

/** A project without that note, which is no part of what is planned. */
export function withoutRecord(project: KubernetesObject): KubernetesObject {
  const { [recordAnnotation]: _, ...annotations } = project.metadata.annotations ?? {};
  return { ...project, metadata: { ...project.metadata, annotations } };
}
