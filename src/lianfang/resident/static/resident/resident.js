/* Size of type without a new page, so that nothing typed is lost. Plain ES5: what is missing here, the links do. */
(function () {
  'use strict';
  if (!document.querySelectorAll || !window.addEventListener) { return; }
  var links = document.querySelectorAll('.sizes a');
  function choose(event) {
    var size = this.getAttribute('data-size'), i;
    event.preventDefault();
    document.documentElement.className = document.documentElement.className.replace(/\bs\d+\b/, 's' + size);
    document.cookie = 'lianfang_size=' + size + ';path=/;max-age=31536000;SameSite=Lax';
    for (i = 0; i < links.length; i += 1) {
      if (links[i] === this) { links[i].setAttribute('aria-current', 'true'); } else { links[i].removeAttribute('aria-current'); }
    }
  }
  for (var i = 0; i < links.length; i += 1) { links[i].addEventListener('click', choose); }
}());
