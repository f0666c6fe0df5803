"""How residents come to their own page: a code by telephone or on paper, and who may act for whom. See `entering`."""
