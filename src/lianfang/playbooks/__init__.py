"""Playbooks: dated editions of the control rules, and what follows from them for one person.

The only floor on which a fact in one capability causes something in another. An edition is a file (`editions/`), read
and checked by `loading`, kept on the `shelf`; `rules` is the pure engine that applies one to a case.
"""
