/* After a call comes the note: <a href="tel:…" data-after-call="SHEET-ID"> remembers the door, and when the person is back
   from the telephone (or never left, on a device without one) the sheet to record the result opens by itself. */
(function () {
  'use strict';
  var KEY = 'lianfang-call', AWAY_LIMIT = 2 * 3600 * 1000, STAYED_MS = 4000;
  function remember(value) { try { if (value) sessionStorage.setItem(KEY, JSON.stringify(value)); else sessionStorage.removeItem(KEY); } catch (error) { memory = value; } }
  function recall() { try { return JSON.parse(sessionStorage.getItem(KEY) || 'null'); } catch (error) { return memory; } }
  var memory = null, left = false, timer = 0;
  function back() {
    var call = recall();
    if (!call || document.hidden) return;
    var link = document.querySelector('[data-after-call="' + call.sheet + '"]');
    if (Date.now() - call.at > AWAY_LIMIT || call.page !== window.location.pathname || !link) { remember(null); return; }
    remember(null); window.clearTimeout(timer);
    if (link.hasAttribute('data-after-call-press')) { var button = document.querySelector(link.getAttribute('data-after-call-press')); if (button) button.click(); return; }
    var sheet = document.getElementById(call.sheet);
    if (sheet) window.lianfang.sheet.show(sheet, link);
  }
  document.addEventListener('click', function (event) {
    var link = event.target.closest && event.target.closest('a[data-after-call]');
    if (!link) return;
    left = false; remember({ sheet: link.getAttribute('data-after-call'), at: Date.now(), page: window.location.pathname });
    timer = window.setTimeout(function () { if (!left) back(); }, STAYED_MS);
  });
  document.addEventListener('visibilitychange', function () { if (document.hidden) left = true; else back(); });
  window.addEventListener('pageshow', function (event) { if (event.persisted || left) back(); });
})();
