// Writes Omar's 300 groups to the end of demo-catalog.yaml, below the line that says so:
//   node examples/demo-catalog.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('demo-catalog.yaml', import.meta.url);
const marker = '# Below: written by demo-catalog.mjs.\n';

const byHand = readFileSync(file, 'utf8').split(marker)[0];
const groups = Array.from({ length: 300 }, (_, index) => {
  const number = String(index + 1).padStart(3, '0');
  return [
    '---',
    'apiVersion: backstage.io/v1alpha1',
    'kind: Group',
    `metadata: { name: guild-${number}, title: Guild ${number} }`,
    'spec: { type: guild, children: [], members: [omar] }\n',
  ].join('\n');
});
writeFileSync(file, byHand + marker + groups.join(''));
