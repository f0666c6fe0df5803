/* The board of errands: a box before a group stands for its lines, which the table's own script counts. */
(function () {
  'use strict';
  function lines(box) { return Array.prototype.slice.call(box.closest('tbody').querySelectorAll('[data-select-row]:not([disabled])')); }
  document.addEventListener('change', function (event) {
    var box = event.target;
    if (!box.hasAttribute || !box.closest('table.groups')) return;
    if (box.hasAttribute('data-select-group')) {
      var rows = lines(box);
      rows.forEach(function (row) { row.checked = box.checked; });
      if (rows[0]) rows[0].dispatchEvent(new Event('change', { bubbles: true }));
    }
    Array.prototype.forEach.call(document.querySelectorAll('[data-select-group]'), function (group) {
      var all = lines(group), chosen = all.filter(function (row) { return row.checked; }).length;
      group.checked = chosen > 0 && chosen === all.length; group.indeterminate = chosen > 0 && chosen < all.length;
    });
  });
})();
