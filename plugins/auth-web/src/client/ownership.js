// What a person owns, and through which groups: short lists open, long ones folded, with a filter.
import { build, find } from './elements.js';
import { listOf, say } from './texts.js';

/** @import { Owned, OwnedEntity, Owner } from './backend.js' */

const shortList = 12;
const namedOwners = 2;

/** @param {Owned} owned */
export function showOwned({ userEntityRef, groups, entities, truncated }) {
  /** @type {Map<string, string>} */
  const titles = new Map(groups.map(({ entityRef, title }) => [entityRef, title]));
  const rows = entities.map((entity) => ({
    text: entity.title,
    item: entityItem(entity, how(entity.ownedThrough, userEntityRef, titles)),
  }));
  replace(
    find('owned-content', HTMLElement),
    ...(rows.length === 0
      ? [build('p', { class: 'fine' }, say('person.nothingOwned'))]
      : list('things', 'Owned', rows)),
    ...(truncated
      ? [build('p', { class: 'fine' }, say('person.firstOnly', { count: entities.length }))]
      : []),
  );
  showGroups(groups);
}

/**
 * Shows the groups; also while the catalog is away, by their references.
 *
 * @param {Owner[]} groups
 */
export function showGroups(groups) {
  find('groups-title', HTMLElement).textContent = say('person.groups', { count: Math.max(1, groups.length) });
  const rows = groups.map((group) => ({ text: `${group.title} ${group.entityRef}`, item: groupItem(group) }));
  replace(
    find('groups-content', HTMLElement),
    ...(rows.length === 0
      ? [build('p', { class: 'fine' }, say('person.noGroups'))]
      : list('groups', 'Groups', rows)),
  );
}

/**
 * Shows new content in place of the old. A list that somebody has opened or is filtering stays so: the titles of groups
 * come a moment after their references.
 *
 * @param {HTMLElement} place
 * @param {HTMLElement[]} content
 */
function replace(place, ...content) {
  const wasOpen = place.querySelector('details')?.open ?? false;
  const earlier = place.querySelector('input');
  const hadFocus = earlier !== null && earlier === document.activeElement;
  place.replaceChildren(...content);
  const [details, filter] = [place.querySelector('details'), place.querySelector('input')];
  if (!details || !filter || !earlier) return;
  details.open = wasOpen;
  filter.value = earlier.value;
  filter.dispatchEvent(new Event('input'));
  if (hadFocus) filter.focus();
}

/** @param {string} sentence */
export function showOwnedProblem(sentence) {
  find('owned-content', HTMLElement).replaceChildren(build('p', { class: 'fine' }, sentence));
}

/**
 * @param {string} className
 * @param {'Owned' | 'Groups'} kind Of what the texts speak.
 * @param {{ text: string, item: HTMLLIElement }[]} rows
 * @returns {HTMLElement[]}
 */
function list(className, kind, rows) {
  const items = build('ul', { class: className }, ...rows.map(({ item }) => item));
  if (rows.length <= shortList) return [items];

  const count = build('p', { class: 'fine', role: 'status' });
  const filter = build('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  const apply = () => {
    const wanted = filter.value.trim().toLowerCase();
    let shown = 0;
    for (const { text, item } of rows) {
      item.hidden = !text.toLowerCase().includes(wanted);
      if (!item.hidden) shown += 1;
    }
    count.textContent = wanted === '' ? '' : say(`person.shown${kind}`, { shown, count: rows.length });
  };
  filter.addEventListener('input', apply);
  return [
    build(
      'details',
      {},
      build('summary', {}, say(`person.show${kind}`, { count: rows.length })),
      build('label', { class: 'filter' }, build('span', {}, say(`person.filter${kind}`)), filter),
      count,
      build('div', { class: 'scroll' }, items),
    ),
  ];
}

/**
 * @param {OwnedEntity} entity
 * @param {string} ownedHow
 */
function entityItem({ entityRef, title, kind, type, description }, ownedHow) {
  return build(
    'li',
    {},
    build(
      'p',
      { class: 'thing-head' },
      build('strong', { title: entityRef }, title),
      build('span', { class: 'kind' }, type ? `${kind} · ${type}` : kind),
    ),
    ...(description ? [build('p', {}, description)] : []),
    build('p', { class: 'fine' }, ownedHow),
  );
}

/**
 * For example `directly, and through Team A, Team B, and 7 more`.
 *
 * @param {string[]} ownedThrough
 * @param {string} userEntityRef
 * @param {ReadonlyMap<string, string>} titles
 */
function how(ownedThrough, userEntityRef, titles) {
  const isDirect = ownedThrough.includes(userEntityRef);
  const names = ownedThrough.filter((ref) => ref !== userEntityRef).map((ref) => titles.get(ref) ?? ref);
  const [named, more] = [names.slice(0, namedOwners), names.length - namedOwners];
  const groups = listOf([...named, ...(more > 0 ? [say('person.more', { count: more })] : [])]);
  if (named.length === 0) return isDirect ? say('person.directly') : '';
  return say(isDirect ? 'person.directlyAndThrough' : 'person.through', { groups });
}

/** @param {Owner} group */
function groupItem({ entityRef, title }) {
  return build('li', { title: entityRef }, title);
}
