/** Leaves out zod's messages in some sixty languages, of which nobody chooses one. A plugin of esbuild. */
export const oneLanguage = {
  name: 'one language',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
    }));
  },
};
