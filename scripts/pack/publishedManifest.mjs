// The manifest as it is published. The one in the checkout has what only the checkout needs, and lacks what is the same in all.

/** The condition under which tests and the demo read sources; no installation has it. */
const sourceCondition = 'vestibule:source';

/**
 * @param own - The manifest in the checkout.
 * @param folder - Where it is, from the root of the repository.
 * @param shared - The root manifest, of which all take the address of the repository.
 * @param hasSources - Whether `src` is packed, because source maps lead there.
 */
export function publishedManifest(own, { folder, shared, hasSources }) {
  const kept = Object.entries(own).filter(([field]) => field !== 'devDependencies' && field !== 'scripts');
  const [page, anchor] = shared.homepage.split('#');
  return {
    ...Object.fromEntries(kept),
    homepage: `${page}/tree/main/${folder}#${anchor}`,
    bugs: shared.bugs,
    repository: { ...shared.repository, directory: folder },
    ...(own.exports && {
      exports: Object.fromEntries(
        Object.entries(own.exports).map(([path, target]) => [path, withoutSource(target)]),
      ),
    }),
    files: hasSources ? [...own.files, 'src'] : own.files,
    publishConfig: { access: 'public' },
  };
}

function withoutSource(target) {
  if (typeof target === 'string') return target;
  return Object.fromEntries(Object.entries(target).filter(([condition]) => condition !== sourceCondition));
}
