// Pictures before the titles: each takes the place of its drawing once it is there, or never.

export function showPictures() {
  for (const picture of document.querySelectorAll('.icon img')) {
    if (!(picture instanceof HTMLImageElement)) continue;
    const show = () => {
      picture.hidden = false;
      picture.parentElement?.querySelector('svg')?.remove();
    };
    if (picture.complete && picture.naturalWidth > 0) show();
    else picture.addEventListener('load', show, { once: true });
  }
}
