/* A new list: the file's name becomes its title unless one was written. [data-title-for=ID] on the file input. */
(function () {
  'use strict';
  document.addEventListener('change', function (event) {
    var input = event.target, title = input.getAttribute && document.getElementById(input.getAttribute('data-title-for') || '');
    if (!title || !input.files || !input.files[0]) return;
    if (title.value === '' || title.value === title.getAttribute('data-proposed')) {
      title.value = input.files[0].name.replace(/\.[^.]*$/, '').slice(0, 120);
      title.setAttribute('data-proposed', title.value);
    }
  });
})();
