/* The code behind # of a slip's address, and the field to sign in. Plain ES5; without it one types code and name. */
(function () {
  'use strict';
  if (!document.querySelector || !window.addEventListener) { return; }
  var code = document.getElementById('code'), form = document.querySelector('[data-drawing]');
  if (code && !code.value && /^#[0-9A-Za-z]{8}$/.test(location.hash)) {
    code.value = location.hash.slice(1);
    if (window.history && history.replaceState) { history.replaceState(null, '', location.pathname); }
  }
  var pad = form && form.querySelector('canvas'), pen = pad && pad.getContext && pad.getContext('2d'), down = false, drawn = false;
  if (!pen) { return; }
  form.hidden = false;
  pen.lineWidth = 5; pen.lineCap = 'round'; pen.lineJoin = 'round'; pen.strokeStyle = '#17203a';
  function at(event) {
    var box = pad.getBoundingClientRect(), spot = event.touches ? event.touches[0] : event;
    return [(spot.clientX - box.left) * pad.width / box.width, (spot.clientY - box.top) * pad.height / box.height];
  }
  function begin(event) { var p = at(event); down = true; pen.beginPath(); pen.moveTo(p[0], p[1]); event.preventDefault(); }
  function move(event) { if (down) { var p = at(event); pen.lineTo(p[0], p[1]); pen.stroke(); drawn = true; event.preventDefault(); } }
  function end() { down = false; }
  pad.addEventListener('mousedown', begin); pad.addEventListener('mousemove', move); window.addEventListener('mouseup', end);
  pad.addEventListener('touchstart', begin); pad.addEventListener('touchmove', move); window.addEventListener('touchend', end);
  form.querySelector('[data-clear]').addEventListener('click', function () { pen.clearRect(0, 0, pad.width, pad.height); drawn = false; });
  form.addEventListener('submit', function (event) {
    if (!drawn) { event.preventDefault(); pad.focus(); return; }
    form.elements.drawing.value = pad.toDataURL('image/png');
  });
}());
