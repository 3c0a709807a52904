// What is measured, in the order of the table. Each is made for a temp folder of its own and the stubs.
import { empty } from './empty/target.mjs';
import { vestibule } from './vestibule/target.mjs';
import { backstage } from './backstage/target.mjs';

export const targets = { empty, vestibule, backstage };
