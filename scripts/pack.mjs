// `npm run pack`: every published package as a tarball in dist-packed/, with an index that says which ones an installation needs.
import { makePackedFolder } from './pack/packedFolder.mjs';
import { root } from './pack/publishedPackages.mjs';

try {
  const { version, purposes, packages } = makePackedFolder(`${root}/dist-packed`);
  console.log(
    `${Object.keys(packages).length} packages, version ${version}, in dist-packed/. In a project's folder:`,
  );
  for (const { id, title, install, develop, needs } of purposes)
    console.log(
      `  node ${root}/dist-packed/use.mjs ${id.padEnd(9)}  ${title}: ${[...install, ...develop].join(', ')}; ${needs.length} of ours in all`,
    );
  console.log('and then npm install, pnpm install or yarn install. See dist-packed/README.md.');
} catch (error) {
  console.error(`Not packed: ${error.message}`);
  process.exitCode = 1;
}
