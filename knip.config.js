// Unused files, exports and dependencies. Each exception stands with its reason.
/** @type {import('knip').KnipConfig} */
export default {
  workspaces: {
    '.': {
      entry: ['scripts/*.mjs'],
    },
    'packages/*': {},
    'plugins/*': {},
    'examples/*': {},
  },
};
