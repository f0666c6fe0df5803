/* Sheets: from the bottom on the phone, in the middle on the desk. Instead of <dialog>, which Safari 14 lacks.
   [data-sheet-open=ID] opens, [data-sheet-close] or Escape or the veil closes; focus stays inside and returns after.
   [data-confirm="question"] on a button, link or form asks first, in a sheet of its own. */
(function () {
  'use strict';
  var open = null, opener = null, veil = null;
  var FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]):not([type=hidden]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex="0"]';
  function inside(sheet) { return Array.prototype.filter.call(sheet.querySelectorAll(FOCUSABLE), function (element) { return element.offsetParent !== null; }); }
  function outside(hide) {
    Array.prototype.forEach.call(document.body.children, function (element) {
      if (element === open || element === veil || element.id === 'notes' || element.tagName === 'SCRIPT') return;
      if (hide) element.setAttribute('aria-hidden', 'true'); else element.removeAttribute('aria-hidden');
    });
  }
  /* fields of a sheet that belong to a form with many buttons are asked for only while the sheet is open */
  function need(sheet, yes) { Array.prototype.forEach.call(sheet.querySelectorAll('[data-needed]'), function (field) { field.required = yes; }); }
  function show(sheet, from) {
    if (open) hide(false);
    opener = from || document.activeElement; open = sheet;
    veil = document.createElement('div'); veil.className = 'veil'; veil.addEventListener('click', function () { hide(true); });
    document.body.appendChild(veil); document.body.appendChild(sheet); document.body.classList.add('held');
    sheet.hidden = false; need(sheet, true); outside(true);
    var first = sheet.querySelector('[autofocus]') || sheet;
    if (first === sheet) sheet.setAttribute('tabindex', '-1');
    first.focus();
    sheet.dispatchEvent(new CustomEvent('sheet:open', { bubbles: true, detail: { opener: opener } }));
  }
  function hide(giveBack) {
    if (!open) return;
    var sheet = open;
    outside(false); sheet.hidden = true; need(sheet, false); veil.remove(); veil = null; open = null; document.body.classList.remove('held');
    if (giveBack && opener && opener.focus) opener.focus();
    sheet.dispatchEvent(new CustomEvent('sheet:close', { bubbles: true }));
    if (sheet.hasAttribute('data-once')) sheet.remove();
  }
  document.addEventListener('keydown', function (event) {
    if (!open) return;
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); hide(true); return; }
    if (event.key !== 'Tab') return;
    var stops = inside(open), first = stops[0], last = stops[stops.length - 1], here = document.activeElement;
    if (!stops.length) { event.preventDefault(); return; }
    if (event.shiftKey && (here === first || here === open)) { event.preventDefault(); last.focus(); }
    else if (!event.shiftKey && here === last) { event.preventDefault(); first.focus(); }
    else if (!open.contains(here)) { event.preventDefault(); first.focus(); }
  }, true);
  document.addEventListener('click', function (event) {
    var target = event.target.closest && event.target.closest('[data-sheet-open], [data-sheet-close]');
    if (!target) return;
    if (target.hasAttribute('data-sheet-close')) { hide(true); return; }
    var sheet = document.getElementById(target.getAttribute('data-sheet-open'));
    if (sheet) { event.preventDefault(); show(sheet, target); }
  });
  /* a sheet that htmx brought: [data-sheet-auto] opens as soon as it is in the page */
  document.addEventListener('htmx:afterSettle', function (event) {
    var sheet = event.target.querySelector && event.target.querySelector('.sheet[data-sheet-auto]');
    if (sheet) show(sheet, document.activeElement);
  });
  /* a button inside an open sheet asked for work that is done: HX-Trigger "sheet-close" closes it */
  document.addEventListener('sheet-close', function () { hide(true); });

  /* ---- asking before something that cannot be taken back */
  /* Safari 14 knows neither event.submitter nor requestSubmit: remember the button, and carry its value by hand */
  var pressed = null;
  document.addEventListener('click', function (event) { pressed = event.target.closest ? event.target.closest('button, input[type=submit]') : null; }, true);
  function send(form, button) {
    if (form.requestSubmit) { form.requestSubmit(button || undefined); return; }
    if (button && button.name) { var field = document.createElement('input'); field.type = 'hidden'; field.name = button.name; field.value = button.value; form.appendChild(field); }
    form.submit();
  }
  function ask(question, yes) {
    var sheet = document.createElement('div'), words = document.createElement('h2'), row = document.createElement('div'), no = document.createElement('button'), go = document.createElement('button');
    sheet.className = 'sheet small'; sheet.setAttribute('role', 'alertdialog'); sheet.setAttribute('aria-modal', 'true'); sheet.setAttribute('aria-labelledby', 'ask-words'); sheet.setAttribute('data-once', '');
    words.id = 'ask-words'; words.textContent = question; words.style.fontSize = '1.0625rem'; words.style.marginBottom = '16px';
    row.className = 'form-foot'; no.className = 'btn'; go.className = 'btn btn-primary'; no.type = go.type = 'button';
    no.textContent = document.body.getAttribute('data-say-no'); go.textContent = document.body.getAttribute('data-say-yes');
    no.setAttribute('autofocus', ''); no.setAttribute('data-sheet-close', '');
    go.addEventListener('click', function () { hide(true); yes(); });
    row.appendChild(go); row.appendChild(no); sheet.appendChild(words); sheet.appendChild(row); sheet.hidden = true;
    document.body.appendChild(sheet); show(sheet, document.activeElement);
  }
  document.addEventListener('htmx:confirm', function (event) {
    if (!event.detail.question) return;
    event.preventDefault(); ask(event.detail.question, function () { event.detail.issueRequest(true); });
  });
  document.addEventListener('submit', function (event) {
    var form = event.target, button = event.submitter || (pressed && pressed.form === form ? pressed : null), question = (button && button.getAttribute('data-confirm')) || form.getAttribute('data-confirm');
    if (!question || form.getAttribute('data-agreed') === '1') { form.removeAttribute('data-agreed'); return; }
    event.preventDefault(); event.stopPropagation();
    ask(question, function () { form.setAttribute('data-agreed', '1'); send(form, button); });
  }, true);
  document.addEventListener('click', function (event) {
    var link = event.target.closest && event.target.closest('a[data-confirm]');
    if (!link) return;
    event.preventDefault(); ask(link.getAttribute('data-confirm'), function () { window.location.assign(link.href); });
  });
  /* [data-needs=NAME] on one of a form's many buttons: without a choice in NAME it says so and goes to the field, so that
     nothing chosen in the page is lost; [data-needs-at=ID] names the field where the choice is looked for. */
  document.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('[data-needs]');
    if (!button || !button.form) return;
    var fields = Array.prototype.filter.call(button.form.elements, function (field) { return field.name === button.getAttribute('data-needs'); });
    if (fields.some(function (field) { return field.type === 'radio' ? field.checked : field.value; })) return;
    event.preventDefault();
    window.lianfang.say(button.getAttribute('data-say-needs'), 'error');
    (document.getElementById(button.getAttribute('data-needs-at')) || fields[0]).focus();
  });
  window.lianfang.sheet = { show: show, hide: hide, ask: ask };
})();
