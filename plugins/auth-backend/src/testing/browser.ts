/** The browser of these tests, under the names they use. */
export { HttpBrowser as Browser, type HttpAnswer as Answer } from '@vestibule/backend-test-utils';
