/* Choosing many rows: <table data-select> with [data-select-all] in the head and [data-select-row] in the rows, and
   <div class="bulk" data-select-bar hidden> with [data-select-count]. Shift-click and Shift-arrow choose a range; arrows walk;
   [data-select-everything] stands for every row of the filter, not only those shown; [data-select-none] forgets. */
(function () {
  'use strict';
  function bind(table) {
    if (table.getAttribute('data-bound')) return;
    table.setAttribute('data-bound', '1');
    var root = table.closest('form') || table.parentNode.parentNode, bar = root.querySelector('[data-select-bar]'), all = table.querySelector('[data-select-all]');
    var everything = root.querySelector('input[data-select-everything]'), last = null;
    function rows() { return Array.prototype.slice.call(table.querySelectorAll('[data-select-row]')); }
    function paint() {
      var boxes = rows(), chosen = boxes.filter(function (box) { return box.checked; }).length;
      boxes.forEach(function (box) { var row = box.closest('tr'); if (row) { row.classList.toggle('on', box.checked); row.setAttribute('aria-selected', box.checked ? 'true' : 'false'); } });
      if (all) { all.checked = chosen > 0 && chosen === boxes.length; all.indeterminate = chosen > 0 && chosen < boxes.length; }
      if (!bar) return;
      bar.hidden = chosen === 0;
      var count = bar.querySelector('[data-select-count]'), offer = bar.querySelector('[data-select-offer]');
      if (everything && chosen < boxes.length) everything.checked = false;
      if (offer) offer.hidden = chosen < boxes.length;
      if (count) count.textContent = everything && everything.checked ? Number(everything.getAttribute('data-total')).toLocaleString('en') : chosen.toLocaleString('en');
    }
    function range(from, to, value) {
      var boxes = rows(), a = boxes.indexOf(from), b = boxes.indexOf(to);
      if (a < 0 || b < 0) return;
      boxes.slice(Math.min(a, b), Math.max(a, b) + 1).forEach(function (box) { box.checked = value; });
    }
    table.addEventListener('click', function (event) {
      var box = event.target;
      if (!box.hasAttribute || !box.hasAttribute('data-select-row')) return;
      if (event.shiftKey && last) range(last, box, box.checked);
      last = box; paint();
    });
    root.addEventListener('change', function (event) {
      if (event.target === all) rows().forEach(function (box) { box.checked = all.checked; });
      paint();
    });
    table.addEventListener('keydown', function (event) {
      var box = event.target, boxes, next;
      if (!box.hasAttribute || !box.hasAttribute('data-select-row')) return;
      boxes = rows();
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        next = boxes[boxes.indexOf(box) + (event.key === 'ArrowDown' ? 1 : -1)];
        if (next) { event.preventDefault(); if (event.shiftKey) { box.checked = true; next.checked = true; } last = next; next.focus(); paint(); }
      } else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault(); boxes.forEach(function (each) { each.checked = true; }); paint();
      }
    });
    root.addEventListener('click', function (event) {
      if (!event.target.closest || !event.target.closest('[data-select-none]')) return;
      rows().forEach(function (box) { box.checked = false; });
      if (everything) everything.checked = false;
      paint(); if (all) all.focus();
    });
    paint();
  }
  function bindAll(root) { Array.prototype.forEach.call(root.querySelectorAll('table[data-select]'), bind); }
  bindAll(document);
  document.addEventListener('htmx:load', function (event) { bindAll(event.target.parentNode || document); });
  window.addEventListener('pageshow', function () { Array.prototype.forEach.call(document.querySelectorAll('table[data-select] [data-select-row]'), function (box) { box.dispatchEvent(new Event('change', { bubbles: true })); }); });
})();
