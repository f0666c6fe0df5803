/* A photograph is made smaller on the phone before it is sent: 1600 pixels are enough for a bag at a door. Drawing it
   anew also leaves behind what the camera wrote beside it; the server removes it in any case. Where the browser cannot
   do that (Safari 14), the file goes as it is. */
(function () {
  'use strict';
  var MOST = 1600;
  var field = document.querySelector('[data-photo]'), canvas = document.querySelector('[data-shot]');
  if (!field || !canvas) return;
  function shrink(file, picture) {
    var scale = Math.min(1, MOST / Math.max(picture.width, picture.height));
    canvas.width = Math.round(picture.width * scale); canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
    canvas.toBlob(function (blob) {
      if (!blob || blob.size >= file.size) return;
      try {
        var kept = new DataTransfer();
        kept.items.add(new File([blob], 'door.jpg', { type: 'image/jpeg' }));
        field.files = kept.files;
      } catch (_fault) { /* the file goes as it is */ }
    }, 'image/jpeg', 0.8);
  }
  field.addEventListener('change', function () {
    var file = field.files && field.files[0];
    canvas.hidden = true;
    if (!file || !window.createImageBitmap) return;
    window.createImageBitmap(file, { imageOrientation: 'from-image' }).then(function (picture) { shrink(file, picture); }, function () { /* no picture: the server says so */ });
  });
})();
