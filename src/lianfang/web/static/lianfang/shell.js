/* Frame of every page. Plain ES2017, no inline script anywhere: behaviour hangs on data- attributes. */
(function () {
  'use strict';
  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function typing(element) { return !!element && (/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || element.isContentEditable); }

  /* ---- htmx: the form token on every request; what to do when the server says no */
  document.addEventListener('htmx:configRequest', function (event) {
    var token = document.querySelector('meta[name=csrf-token]');
    if (token) event.detail.headers['X-CSRFToken'] = token.content;
  });
  document.addEventListener('htmx:responseError', function (event) { var text = event.detail.xhr.getResponseHeader('X-Message'); say(text ? decodeURIComponent(text) : event.detail.xhr.status + ' ' + event.detail.xhr.statusText, 'error'); });
  document.addEventListener('htmx:sendError', function () { say(document.body.getAttribute('data-say-offline') || '⚠', 'error'); });

  /* ---- notes: say something in the live region; close by button */
  function say(text, tone) {
    var box = document.getElementById('notes'), note = document.createElement('div'), words = document.createElement('p');
    if (!box) return;
    note.className = 'note ' + (tone || 'info'); words.textContent = text; note.appendChild(words); box.appendChild(note);
    setTimeout(function () { note.remove(); }, 8000);
  }
  /* ---- tables wider than their pane are reached and scrolled by keyboard */
  function reachable() {
    all('.tw').forEach(function (box) {
      var title = box.querySelector('caption');
      if (box.scrollWidth <= box.clientWidth + 1 || box.hasAttribute('tabindex')) return;
      box.tabIndex = 0; box.setAttribute('role', 'group');
      if (title) box.setAttribute('aria-label', title.textContent);
    });
  }
  window.addEventListener('resize', reachable); document.addEventListener('htmx:afterSettle', reachable); reachable();

  window.lianfang = { say: say, typing: typing };
  all('.note.success').forEach(function (note) { setTimeout(function () { note.remove(); }, 8000); });

  /* ---- copying: needs no secure context, so it works on plain HTTP too */
  function copy(text) {
    var area = document.createElement('textarea'), before = document.activeElement, done = false;
    area.value = text; area.setAttribute('readonly', ''); area.style.position = 'fixed'; area.style.top = '-1000px';
    document.body.appendChild(area); area.select(); area.setSelectionRange(0, text.length);
    try { done = document.execCommand('copy'); } catch (error) { done = false; }
    area.remove(); if (before && before.focus) before.focus();
    return done ? Promise.resolve() : (navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject(new Error('copy')));
  }
  function copyFrom(button) {
    var source = button.getAttribute('data-copy'), element = source ? document.querySelector(source) : null;
    var text = button.getAttribute('data-copy-text') || (element ? (element.value !== undefined ? element.value : element.innerText) : '');
    copy(text.trim()).then(function () { say(button.getAttribute('data-copied') || '✓', 'success'); }, function () { if (element && window.getSelection) window.getSelection().selectAllChildren(element); });
  }

  document.addEventListener('click', function (event) {
    var target = event.target, button;
    if (!target.closest) return;
    if ((button = target.closest('[data-dismiss]'))) { button.closest('.note').remove(); return; }
    if ((button = target.closest('[data-copy], [data-copy-text]'))) { copyFrom(button); return; }
    if ((button = target.closest('[data-print]'))) { window.print(); return; }
    if ((button = target.closest('[data-fill-login]'))) { fillLogin(button); return; }
    all('details[data-menu][open]').forEach(function (menu) { if (!menu.contains(target)) menu.open = false; });
  });
  function fillLogin(button) {
    var name = document.getElementById('id_login'), word = document.getElementById('id_password');
    name.value = button.getAttribute('data-fill-login'); word.value = button.getAttribute('data-fill-password');
    name.form.querySelector('button').focus();
  }

  /* ---- fields that act at once: filters send their form when changed */
  document.addEventListener('change', function (event) {
    var form = event.target.closest && event.target.closest('form[data-autosubmit]');
    if (form) { if (form.requestSubmit) form.requestSubmit(); else form.submit(); }
  });

  /* ---- a search box of a slow page: htmx takes what stands in it when it starts for old, so say what was typed before */
  document.addEventListener('DOMContentLoaded', function () {
    all('input[type=search][hx-get]').forEach(function (field) { if (field.value !== field.defaultValue) field.dispatchEvent(new Event('typed-early')); });
  });

  /* ---- keys: "/" goes to the search box, Escape closes menus, [data-key] presses its button */
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') {
      all('details[data-menu][open]').forEach(function (menu) { menu.open = false; menu.querySelector('summary').focus(); });
      if (event.target.hasAttribute && event.target.hasAttribute('data-search')) event.target.blur();
    }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector('.sheet:not([hidden])') && !(event.target.closest && event.target.closest('.sheet'))) return;
    if (keysAreOff()) return;
    var search = document.querySelector('[data-search]');
    if (event.key === '/' && search) { event.preventDefault(); search.focus(); search.select(); return; }
    if (event.repeat || (/^Arrow/.test(event.key) && event.target.closest && event.target.closest('.tw[tabindex]'))) return;
    var button = all('[data-key]').filter(function (element) { return element.getAttribute('data-key').toLowerCase().split(' ').indexOf(event.key.toLowerCase()) >= 0 && !element.disabled && element.offsetParent !== null; })[0];
    if (!button) return;
    event.preventDefault(); button.click();
    if (button.tagName === 'SUMMARY') button.focus();
  });

  /* ---- single keys can be turned off (WCAG 2.1.4: speech input types letters); the browser remembers it */
  function keysAreOff() { try { return localStorage.getItem('lianfang-keys') === 'off'; } catch (error) { return false; } }
  function nameSwitches() { all('[data-keys-switch]').forEach(function (button) { button.textContent = button.getAttribute(keysAreOff() ? 'data-on' : 'data-off'); }); }
  document.addEventListener('click', function (event) {
    if (!event.target.closest || !event.target.closest('[data-keys-switch]')) return;
    try { localStorage.setItem('lianfang-keys', keysAreOff() ? 'on' : 'off'); } catch (error) { return; }
    nameSwitches();
  });
  document.addEventListener('htmx:afterSettle', nameSwitches); nameSwitches();

  /* ---- a form is sent once: a second click on a slow line does nothing */
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.hasAttribute('data-again')) return;
    if (form.getAttribute('data-sent') === '1') { event.preventDefault(); return; }
    form.setAttribute('data-sent', '1');
    setTimeout(function () { form.removeAttribute('data-sent'); }, 5000);
  });
  window.addEventListener('pageshow', function () { all('form[data-sent]').forEach(function (form) { form.removeAttribute('data-sent'); }); });
})();
