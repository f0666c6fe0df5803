/* Phone pages: the state of the connection, honestly; choosing people of a household one by one. */
(function () {
  'use strict';
  function sync(lost) {
    var pill = document.querySelector('[data-sync]'), words;
    if (!pill) return;
    words = pill.querySelector('[data-words]');
    if (!pill.hasAttribute('data-kept')) pill.setAttribute('data-kept', words.textContent);
    pill.classList.toggle('lost', lost); pill.querySelector('[data-on]').hidden = lost; pill.querySelector('[data-off]').hidden = !lost;
    words.textContent = lost ? pill.getAttribute('data-lost') : pill.getAttribute('data-kept');
  }
  document.addEventListener('htmx:sendError', function () { sync(true); });
  document.addEventListener('htmx:afterRequest', function (event) { if (event.detail.xhr && event.detail.xhr.status > 0) sync(false); });
  window.addEventListener('offline', function () { sync(true); });
  window.addEventListener('online', function () { sync(false); });
  if (navigator.onLine === false) sync(true);
  document.addEventListener('change', function (event) {
    var box = event.target;
    if (!box.hasAttribute || !box.hasAttribute('data-together')) return;
    var some = box.form.querySelector('[data-some]');
    if (some) some.classList.toggle('on', !box.checked);
  });
})();
