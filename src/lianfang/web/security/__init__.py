"""Log-in, second factor, throttle, password rules, session limits and browser policy: what guards the door."""
