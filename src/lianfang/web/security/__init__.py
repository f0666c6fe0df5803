"""Log-in, second factor, throttle, password rules, session limits and browser policy: everything that guards the door."""
