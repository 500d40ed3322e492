import { removeSavedFolder } from '@suite/action-kit/post';

// The kubeconfig and its token are taken away by the main stage already, unless it was killed.
await removeSavedFolder(process.env);
