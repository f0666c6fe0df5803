/* Sending a file with a progress bar: <form data-upload> with a .drop holding the file input, [data-upload-name],
   <progress data-upload-bar hidden> and [data-upload-error role=alert hidden]. Without script the form still works.
   The server answers with a redirect (followed), or with JSON {"message": "..."} and a status of 400 or more. */
(function () {
  'use strict';
  function size(bytes) { return bytes < 1048576 ? Math.ceil(bytes / 1024) + ' KB' : (bytes / 1048576).toFixed(1) + ' MB'; }
  function bind(form) {
    if (form.getAttribute('data-bound')) return;
    form.setAttribute('data-bound', '1');
    var input = form.querySelector('input[type=file]'), drop = form.querySelector('.drop'), name = form.querySelector('[data-upload-name]'), bar = form.querySelector('[data-upload-bar]'), fault = form.querySelector('[data-upload-error]');
    var limit = Number(form.getAttribute('data-limit') || 0), button = form.querySelector('button[type=submit], button:not([type])');
    function wrong(text) { if (fault) { fault.textContent = text || ''; fault.hidden = !text; } }
    function chosen() {
      var file = input.files[0];
      if (name) name.textContent = file ? file.name + ' · ' + size(file.size) : name.getAttribute('data-empty') || '';
      wrong(file && limit && file.size > limit ? form.getAttribute('data-too-large') : '');
    }
    input.addEventListener('change', chosen);
    if (drop) {
      ['dragenter', 'dragover'].forEach(function (kind) { drop.addEventListener(kind, function (event) { event.preventDefault(); drop.classList.add('over'); }); });
      ['dragleave', 'drop'].forEach(function (kind) { drop.addEventListener(kind, function () { drop.classList.remove('over'); }); });
      drop.addEventListener('drop', function (event) {
        event.preventDefault();
        if (event.dataTransfer && event.dataTransfer.files.length) { input.files = event.dataTransfer.files; chosen(); }
      });
    }
    form.addEventListener('submit', function (event) {
      var file = input.files[0], request = new XMLHttpRequest();
      if (event.defaultPrevented || !file) return;
      event.preventDefault(); event.stopPropagation();
      if (limit && file.size > limit) { wrong(form.getAttribute('data-too-large')); return; }
      wrong(''); if (button) button.disabled = true;
      if (bar) { bar.hidden = false; bar.max = 100; bar.value = 0; }
      request.upload.addEventListener('progress', function (step) { if (bar && step.lengthComputable) bar.value = Math.round(100 * step.loaded / step.total); });
      request.addEventListener('load', function () {
        if (request.status >= 200 && request.status < 300) { window.location.assign(request.responseURL || form.action); return; }
        var login = request.getResponseHeader('X-Login'), text = '';
        if (login) { window.location.assign(login); return; }
        try { text = JSON.parse(request.responseText).message; } catch (error) { text = request.status + ' ' + request.statusText; }
        failed(text);
      });
      request.addEventListener('error', function () { failed(form.getAttribute('data-no-network') || '⚠'); });
      function failed(text) { wrong(text); if (button) button.disabled = false; if (bar) bar.hidden = true; form.removeAttribute('data-sent'); }
      request.open('POST', form.action);
      request.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
      request.send(new FormData(form));
    });
    chosen();
  }
  Array.prototype.forEach.call(document.querySelectorAll('form[data-upload]'), bind);
  document.addEventListener('htmx:load', function (event) { Array.prototype.forEach.call(event.target.querySelectorAll('form[data-upload]'), bind); });
})();
