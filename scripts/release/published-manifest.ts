/** A package.json as far as publishing is concerned. */
export interface SourceManifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Where the JavaScript made of the sources lies in the package, and whether declarations lie beside it. */
export interface EmittedForm {
  /** Of the sources that `exports` names: `src`. */
  readonly from: string;
  readonly folder: string;
  readonly hasTypes: boolean;
  /** What is published besides `bin` and `dist`. */
  readonly files?: readonly string[];
}

/**
 * The package.json that is published for the one in the repository: every `./src/….ts` becomes the JavaScript and
 * the declarations that were made of it, and what only serves the repository is left out.
 */
export function publishedManifest(source: SourceManifest, form: EmittedForm): object {
  const { private: _, scripts: __, devDependencies: ___, exports, ...kept } = source;
  return {
    ...kept,
    ...(exports === undefined
      ? {}
      : {
          exports: Object.fromEntries(
            Object.entries(exports).map(([key, file]) => [key, emitted(file, form)]),
          ),
        }),
    files: ["bin", "dist", ...(form.files ?? [])],
    publishConfig: { access: "public" },
  };
}

function emitted(file: string, { from, folder, hasTypes }: EmittedForm): { types?: string; default: string } {
  const [, source, path] = /^\.\/([a-z]+)\/(.+)\.ts$/.exec(file) ?? [];
  if (source !== from) throw new Error(`exports names ${file}; what is published is made of ./${from}/….ts`);
  return {
    ...(hasTypes ? { types: `./${folder}/${path}.d.ts` } : {}),
    default: `./${folder}/${path}.js`,
  };
}

/**
 * What keeps packages from being published together: they carry one version, name each other by exactly that one,
 * and pin everything else. Empty when all is well.
 */
export function lockstepFaults(manifests: readonly SourceManifest[]): string[] {
  const version = manifests[0]?.version;
  const own = new Set(manifests.map(({ name }) => name));
  return manifests.flatMap((manifest) => [
    ...(manifest.version === version
      ? []
      : [`${manifest.name} has version ${manifest.version}, ${manifests[0]!.name} has ${version}`]),
    ...Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies }).flatMap(
      ([name, wanted]) => {
        if (own.has(name) && wanted !== version)
          return [`${manifest.name} depends on ${name} ${wanted}, not on ${version}`];
        return EXACT.test(wanted) ? [] : [`${manifest.name} depends on ${name} ${wanted}; pin one version`];
      },
    ),
  ]);
}

const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
