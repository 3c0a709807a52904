import { expect, it } from '@jest/globals';
import { isPublicHost } from './publicHost.ts';

it.each([
  'https://portal.example.com',
  'http://portal.example.com:7007/portal',
  'https://PORTAL.example.com./',
  'http://203.0.113.7',
  'https://172.32.0.1',
  'https://[2001:db8::7]:7007',
  'https://locals.net',
])('%s can be reached by strangers', (url) => {
  expect(isPublicHost(new URL(url))).toBe(true);
});

it.each([
  'http://localhost:7007',
  'https://portal.localhost',
  'http://127.0.0.2',
  'http://[::1]:7007',
  'http://10.1.2.3:7007',
  'http://100.64.0.1',
  'https://172.31.255.255',
  'http://192.168.0.7',
  'http://169.254.1.1',
  'https://[fd00::7]',
  'https://[fe80::1]',
  'http://[::ffff:192.168.0.7]',
  'http://portal:7007',
  'https://portal.acme.internal',
  'https://portal.test',
  'https://portal.variable.invalid',
  'https://portal.home.arpa.',
  'http://my-laptop.local:7007',
])('%s cannot', (url) => {
  expect(isPublicHost(new URL(url))).toBe(false);
});
