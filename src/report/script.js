// The page is complete without it: it flips boxes, filters them by score, and sorts the classes.
'use strict';
(() => {
  document.documentElement.classList.add('scripted');
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const gallery = document.querySelector('.gallery');
  const other = { first: 'second', second: 'first', both: 'first' };

  function show(which) {
    gallery.dataset.show = which;
    all('.picture').forEach((picture) => delete picture.dataset.flip);
    all('[data-show]', document.querySelector('.segments')).forEach((button) =>
      button.setAttribute('aria-pressed', String(button.dataset.show === which)));
  }

  function showFrom(score) {
    all('.box').forEach((box) => {
      if (Number(box.dataset.score) + 1e-6 >= score) box.removeAttribute('display');
      else box.setAttribute('display', 'none');
    });
  }

  if (gallery) {
    all('.segments button').forEach((button) => button.addEventListener('click', () => show(button.dataset.show)));
    all('.frame').forEach((frame) => frame.addEventListener('click', () => {
      const picture = frame.closest('.picture');
      picture.dataset.flip = other[picture.dataset.flip || gallery.dataset.show];
    }));
    const slider = document.getElementById('score');
    slider.addEventListener('input', () => {
      document.querySelector('output[for="score"]').textContent = Number(slider.value).toFixed(2);
      showFrom(Number(slider.value));
    });
    document.addEventListener('keydown', (event) => {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (plain && event.key.toLowerCase() === 'f') show(other[gallery.dataset.show]);
    });
  }

  const short = 12;

  function fold(table) {
    all('tbody tr', table).forEach((row, index) => row.classList.toggle('extra', index >= short));
  }

  function sortBy(table, key, descending) {
    const body = table.tBodies[0];
    const sign = descending ? -1 : 1;
    const compare = key === 'name'
      ? (a, b) => a.dataset.name.localeCompare(b.dataset.name)
      : (a, b) => Number(a.dataset[key]) - Number(b.dataset[key]);
    all('tr', body).sort((a, b) => sign * compare(a, b)).forEach((row) => body.append(row));
    fold(table);
  }

  all('table.classes').forEach((table) => {
    const more = table.closest('section').querySelector('.more');
    table.classList.toggle('short', Boolean(more));
    if (more) more.addEventListener('click', () => {
      table.classList.remove('short');
      more.remove();
    });
    all('thead button', table).forEach((button) => button.addEventListener('click', () => {
      const heading = button.closest('th');
      const before = heading.getAttribute('aria-sort');
      const descending = before === 'none' ? button.dataset.key !== 'name' : before === 'ascending';
      all('thead [aria-sort]', table).forEach((one) => one.setAttribute('aria-sort', 'none'));
      heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      sortBy(table, button.dataset.key, descending);
    }));
  });
})();
