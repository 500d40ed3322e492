import { NotRendered } from './not-rendered.ts';

/** What sources may refer to (argo-cd 3.6 reposerver/repository/repository.go, `newEnv`). */
export interface BuildEnvironment {
  readonly ARGOCD_APP_NAME: string;
  readonly ARGOCD_APP_NAMESPACE: string;
  readonly ARGOCD_APP_PROJECT_NAME: string;
  readonly ARGOCD_APP_REVISION: string;
  readonly ARGOCD_APP_REVISION_SHORT: string;
  readonly ARGOCD_APP_REVISION_SHORT_8: string;
  readonly ARGOCD_APP_SOURCE_REPO_URL: string;
  readonly ARGOCD_APP_SOURCE_PATH: string;
  readonly ARGOCD_APP_SOURCE_TARGET_REVISION: string;
}

/**
 * `$NAME` and `${NAME}` replaced, `$$` is a dollar, unknown names are nothing: Go's `os.Expand` over `Env.Envsubst`. Throws
 * NotRendered for a `${` that is not closed, of which Go eats some of the text.
 */
export function substitute(text: string, environment: BuildEnvironment): string {
  return text.replace(
    /\$(?:\{([^}]*)\}|([A-Za-z_]\w*)|([*#$@!?\-0-9])|(\{))?/g,
    (whole, braced, plain, special, open) => {
      if (open !== undefined) throw new NotRendered(`A variable in \`${text}\` is not closed.`);
      const name: string | undefined = braced ?? plain ?? special;
      if (name === undefined) return whole;
      if (name === '$') return '$';
      return Object.hasOwn(environment, name) ? environment[name as keyof BuildEnvironment] : '';
    },
  );
}
