/* Temperature by three taps: 3 6 5 becomes 36.5. Without scripts the field is typed into. */
(function () {
  'use strict';
  var FEVER = 373;
  function shown(digits) { return digits.length > 2 ? digits.slice(0, 2) + '.' + digits.slice(2) : digits; }
  function digitsOf(text) { return text.replace(/\D/g, '').slice(0, 3); }
  function warn(form, digits) {
    var hot = digits.length === 3 && Number(digits) >= FEVER;
    form.classList.toggle('hot', hot); form.querySelector('[data-hot]').hidden = !hot;
  }
  Array.prototype.forEach.call(document.querySelectorAll('[data-fever]'), function (form) {
    var reading = form.querySelector('[data-reading]'), pad = form.querySelector('[data-pad]');
    pad.hidden = false;
    reading.setAttribute('inputmode', 'none');
    pad.addEventListener('click', function (event) {
      var key = event.target.closest('[data-digit]'), digits = digitsOf(reading.value);
      if (!key) return;
      key = key.getAttribute('data-digit');
      digits = key === 'back' ? digits.slice(0, -1) : digits.length === 3 ? key : digits + key;
      reading.value = shown(digits); warn(form, digits);
    });
    reading.addEventListener('input', function () { var digits = digitsOf(reading.value); reading.value = shown(digits); warn(form, digits); });
  });
})();
