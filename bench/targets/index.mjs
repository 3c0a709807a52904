// What is measured, in the order of the table. Each is made for a temp folder of its own and the stubs.
import { authjs } from './authjs/target.mjs';
import { backstage } from './backstage/target.mjs';
import { betterAuth } from './betterAuth/target.mjs';
import { empty } from './empty/target.mjs';
import { passport } from './passport/target.mjs';
import { standalone, vestibule } from './vestibule/target.mjs';

export const targets = { empty, vestibule, standalone, backstage, passport, authjs, betterAuth };
