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
  /* what was typed before the door was chosen goes along to the page with the door, and is kept no longer than that */
  var kept = document.querySelector('form[data-keep]'), KEPT = 'lianfang.kept';
  function fields() { return Array.prototype.filter.call(kept.elements, function (field) { return field.name && field.type !== 'hidden' && field.tagName !== 'BUTTON'; }); }
  if (kept) {
    try {
      var texts = JSON.parse(sessionStorage.getItem(KEPT) || '{}');
      fields().forEach(function (field) { if (texts[field.name] && !field.value) field.value = texts[field.name]; });
    } catch (_fault) { /* a browser that keeps nothing: the text is typed again */ }
    document.addEventListener('click', function (event) {
      if (!event.target.closest || !event.target.closest('#found a, .mrow.open a.btn')) return;
      var typed = {};
      fields().forEach(function (field) { if (field.tagName !== 'SELECT') typed[field.name] = field.value; });
      try { sessionStorage.setItem(KEPT, JSON.stringify(typed)); } catch (_fault) { /* as above */ }
    });
  }
  try { sessionStorage.removeItem(KEPT); } catch (_fault) { /* as above */ }
  document.addEventListener('change', function (event) {
    var box = event.target;
    if (!box.hasAttribute || !box.hasAttribute('data-together')) return;
    var some = box.form.querySelector('[data-some]');
    if (some) some.classList.toggle('on', !box.checked);
  });
})();
