/* The household's form: people added and taken out without a new page, what was begun kept on the phone for a day,
   and lines hidden that do not apply. Plain ES5; without it the buttons ask the server. */
(function () {
  'use strict';
  if (!document.querySelectorAll || !window.addEventListener || !window.JSON) { return; }
  var DAY = 86400000, PREFIX = 'lianfang.report.';
  function id(name) { return document.getElementById(name); }
  function store(key, value) {
    try {
      if (value === null) { window.localStorage.removeItem(key); } else { window.localStorage.setItem(key, value); }
    } catch (full) { return; }
  }
  function stored(key) { try { return window.localStorage.getItem(key); } catch (none) { return null; } }

  var sent = id('sent');
  if (sent) { if (sent.getAttribute('data-draft')) { store(PREFIX + sent.getAttribute('data-draft'), null); } return; }
  var form = id('report'), people = id('people'), add = id('add'), arrival = id('arrival');
  if (!form || !people || !add) { return; }
  var key = form.getAttribute('data-draft') ? PREFIX + form.getAttribute('data-draft') : '';

  function all() { return people.querySelectorAll('.person'); }
  function number(person, place) {
    var parts = person.querySelectorAll('[name],[id],[for],[aria-describedby]'), i, j, names = ['name', 'id', 'for', 'aria-describedby'], value;
    person.id = 'person' + place;
    person.querySelector('.who').textContent = people.getAttribute('data-number').replace('{n}', place + 1);
    for (i = 0; i < parts.length; i += 1) {
      for (j = 0; j < names.length; j += 1) {
        value = parts[i].getAttribute(names[j]);
        if (value) { parts[i].setAttribute(names[j], value.replace(/\bp\d+-/g, 'p' + place + '-')); }
      }
      if (parts[i].getAttribute('name') === 'go') { parts[i].value = 'drop-' + place; }
    }
  }
  function renumber() { var list = all(), i; for (i = 0; i < list.length; i += 1) { number(list[i], i); } add.disabled = list.length >= Number(people.getAttribute('data-most')); }
  function another() {
    var person = all()[0].cloneNode(true), fields = person.querySelectorAll('input,select'), faults = person.querySelectorAll('.why'), wrong = person.querySelectorAll('.wrong'), i, drop;
    for (i = 0; i < fields.length; i += 1) {
      if (fields[i].tagName === 'SELECT') {
        if (fields[i].options[0].value === 'self') { fields[i].options[0].value = ''; fields[i].options[0].text = people.getAttribute('data-choose'); }
        fields[i].selectedIndex = 0;
      } else { fields[i].value = ''; fields[i].removeAttribute('value'); }
      fields[i].removeAttribute('aria-invalid');
    }
    for (i = 0; i < faults.length; i += 1) { faults[i].parentNode.removeChild(faults[i]); }
    for (i = 0; i < wrong.length; i += 1) { wrong[i].className = 'f'; }
    if (!person.querySelector('[name=go]')) {
      drop = document.createElement('button');
      drop.className = 'btn away'; drop.name = 'go'; drop.value = 'drop-0';
      drop.appendChild(document.createTextNode(people.getAttribute('data-drop')));
      person.appendChild(drop);
    }
    people.appendChild(person);
    renumber();
    return person;
  }
  add.addEventListener('click', function (event) {
    event.preventDefault();
    another().querySelector('input').focus();
    save();
  });
  people.addEventListener('click', function (event) {
    var button = event.target, person;
    if (button.name !== 'go' || button.value === 'drop-0') { return; }
    event.preventDefault();
    person = all()[Number(button.value.slice(5))];
    person.parentNode.removeChild(person);
    renumber();
    add.focus();
    save();
  });

  function came() {
    var no = id('came-no');
    if (arrival) { arrival.hidden = Boolean(no && no.checked); }
  }
  form.addEventListener('change', came);

  function values() {
    var list = form.querySelectorAll('input,select'), kept = [], i, one;
    for (i = 0; i < list.length; i += 1) {
      one = list[i];
      if (!one.name || one.type === 'hidden') { continue; }
      if (one.type === 'radio' || one.type === 'checkbox') { if (one.checked) { kept.push([one.name, one.value]); } } else if (one.value) { kept.push([one.name, one.value]); }
    }
    return kept;
  }
  var later = 0;
  function keep() {
    window.clearTimeout(later);
    if (key) { store(key, JSON.stringify({ at: new Date().getTime(), people: all().length, said: values() })); }
  }
  function save() { window.clearTimeout(later); later = window.setTimeout(keep, 400); }
  function fill(said) {
    var i, j, found;
    for (i = 0; i < said.length; i += 1) {
      found = form.querySelectorAll('[name="' + String(said[i][0]).replace(/[^a-z0-9_-]/gi, '') + '"]');
      for (j = 0; j < found.length; j += 1) {
        if (found[j].type === 'radio' || found[j].type === 'checkbox') { if (found[j].value === said[i][1]) { found[j].checked = true; } } else if (found[j].type !== 'hidden') { found[j].value = said[i][1]; }
      }
    }
  }
  function restore() {
    var text = key ? stored(key) : null, draft, note = id('draft');
    if (!text || !note || form.querySelector('.wrong')) { return; }
    try { draft = JSON.parse(text); } catch (broken) { store(key, null); return; }
    if (!draft || !draft.said || !draft.said.length || new Date().getTime() - draft.at > DAY) { store(key, null); return; }
    if (values().length > 1) { return; }
    while (all().length < Math.min(Number(draft.people) || 1, Number(people.getAttribute('data-most')))) { another(); }
    fill(draft.said);
    note.hidden = false;
    id('forget').addEventListener('click', function () { store(key, null); window.location.reload(); });
  }
  restore();
  came();
  form.addEventListener('submit', keep); /* the line may be dead: the page that says so is not ours */
  form.addEventListener('input', save);
  form.addEventListener('change', save);
}());
